import type { ExecutionContext } from 'ava';
import type { TestLab } from '../../../test/fixtures/containers/lab.ts';
import {
	copies,
	ends,
	fingerprint,
	folder,
	keeper,
	restored,
	result,
	storage,
	succeeds,
	underWay,
} from './lab.ts';
import { doors, restore, wanted } from './restores.ts';

/** What ends on the way makes no copy and puts nothing back by halves, and the next run is as if it had not been. */
export async function kills(t: ExecutionContext, lab: TestLab): Promise<void> {
	await lab.output(storage, `head -c 300M /dev/urandom >${folder}/large`);
	const tree = await lab.output(storage, `cd ${folder} && ${fingerprint}`);
	await backups(t, lab);
	t.is(await restored(lab), tree);
	await restores(t, lab, tree);
	await lab.output(storage, `rm ${folder}/large`);
}

/** The reading program, the connection, the job, either host. */
async function backups(t: ExecutionContext, lab: TestLab): Promise<void> {
	const before = await copies(lab);
	const job = "pkill -9 -f '^/bin/bash /usr/local/lib/g2pbook/backup-files'";
	for (const [host, line] of [
		[storage, 'pkill -9 -u g2pbook-source -x tar'],
		[storage, 'pkill -9 -u g2pbook-source sshd'],
		[keeper, job],
	] as const) {
		await underWay(lab);
		await lab.run(host, line);
		await ends(lab);
		t.is((await result(lab)).state, 'failed', line);
	}

	t.deepEqual(await copies(lab), before);
	await underWay(lab);
	await powerCut(lab, keeper);
	const told = await lab.run(keeper, '/usr/local/lib/g2pbook/backup-status');
	t.is(told.code, 3);
	t.regex(told.stdout, /it was cut off/);
	await succeeds(t, lab);
	await underWay(lab);
	await powerCut(lab, storage);
	await ends(lab);
	t.is((await result(lab)).state, 'failed', 'the host that is read was killed');
	await succeeds(t, lab);
}

/** While it is sent either host is killed. What is there stays, and the same words once more bring all of it back. */
async function restores(t: ExecutionContext, lab: TestLab, tree: string): Promise<void> {
	const [copy = ''] = (await copies(lab)).slice(-1);
	await lab.output(storage, `cd ${folder} && rm -rf d1 large && echo lost >after`);
	const left = await lab.output(storage, `cd ${folder} && ${fingerprint}`);
	const words = { ...wanted(copy), backup_node_restore_in_place: wanted(copy).backup_node_restore };
	for (const host of [storage, keeper]) {
		const run = restore(lab, words);
		// Held there, so that it is not over before the kill.
		await lab.output(
			storage,
			"timeout 60 sh -c 'until pgrep -x tar; do sleep 0.02; done'; sleep 0.1; pkill -STOP -x tar",
		);
		await powerCut(lab, host);
		await lab.run(storage, 'pkill -CONT -x tar');
		const { code, stdout } = await run;
		t.not(code, 0, stdout);
		t.is(await lab.output(storage, `cd ${folder} && ${fingerprint}`), left, host);
	}

	const back = await restore(lab, words);
	t.is(back.code, 0, back.stdout + back.stderr);
	t.is(await lab.output(storage, `cd ${folder} && ${fingerprint}`), tree);
	t.is(
		(await lab.run(storage, `ls -d ${doors} /var/lib/g2pbook-restored/* 2>/dev/null`)).stdout,
		'',
		'nothing is left of it',
	);
	await lab.output(storage, `rm -rf ${folder}.before-restore`);
}

/** Nothing is ended in order, and what was written last may be half of it. */
async function powerCut(lab: TestLab, host: string): Promise<void> {
	await lab.hosts.find(({ name }) => name === host)?.container.kill();
	await lab.restart(host);
}
