import { setTimeout as sleep } from 'node:timers/promises';
import type { ExecutionContext } from 'ava';
import { start } from '../../../test/chaos/run.ts';
import { play } from '../../../test/fixtures/containers/command-line.ts';
import type { TestLab } from '../../../test/fixtures/containers/lab.ts';
import { quiet } from '../../../test/fixtures/containers/role-test.ts';
import { keeper, kept, result, start as startUnit, storage } from './lab.ts';
import { converge, drill, job, program, sources, sql, stanza, unit, verify } from './postgres-lab.ts';

const playbook = 'playbooks/restore-postgres.yml';
const rows = (lab: TestLab) => sql(lab, "SELECT string_agg(id::text, ',' ORDER BY id) FROM moments");

/** All that is kept can be restored. */
export async function drilled(t: ExecutionContext, lab: TestLab): Promise<void> {
	await startUnit(lab, drill);
	const { state, says } = await result(lab, 'drill', job);
	t.is(state, 'ok', says);
}

/** Wait for what a line of the shell finds. */
async function until(lab: TestLab, host: string, line: string): Promise<void> {
	const started = Date.now();
	while ((await lab.run(host, line)).code !== 0) {
		if (Date.now() - started > 180_000) {
			throw new Error(`${host}: ${line} did not come true within three minutes`);
		}

		await sleep(50);
	}
}

const powerCut = async (lab: TestLab, host: string): Promise<void> => {
	await lab.hosts.find(({ name }) => name === host)?.container.kill();
};

/** Enough that a copy takes a while. */
export async function large(lab: TestLab): Promise<void> {
	await sql(
		lab,
		'CREATE TABLE large AS SELECT md5(id::text) || md5((-id)::text) AS noise FROM generate_series(1, 2000000) AS id',
	);
	await sql(lab, 'CREATE TABLE moments AS SELECT 1 AS id');
}

/** Which of the two hosts it is that goes away while a backup is made: it is told, and the next run is well. */
export async function cutInBackup(t: ExecutionContext, lab: TestLab, host: string): Promise<void> {
	const folder = `${kept}/postgres/backup/${stanza}`;
	const names = () => lab.output(keeper, `${program} info ${job} | grep -E 'backup:'`);
	const before = await names();
	await lab.output(
		keeper,
		`${program} full ${job}; ls ${folder} >/root/before; systemctl start --no-block ${unit}`,
	);
	await until(lab, keeper, `ls ${folder} | diff -q /root/before - | grep . && sleep 0.5`);
	t.is((await result(lab, 'run', job)).state, 'running');
	await powerCut(lab, host);
	if (host === storage) {
		await until(lab, keeper, `! systemctl is-active ${unit} | grep activating`);
		const told = await result(lab, 'run', job);
		t.is(told.state, 'failed');
		t.log(told.says);
	}
	await lab.restart(host);
	const status = await lab.run(keeper, '/usr/local/lib/g2pbook/backup-status');
	t.is(status.code, 3, status.stdout);
	t.regex(status.stdout, new RegExp(`^${job}\trun\tfailed`, 'm'));
	t.is(await names(), before);
	await verify(t, lab);
	t.true((await names()).length > before.length);
	await drilled(t, lab);
	quiet(t, await converge(lab), 'nothing is left to be mended by the role');
}

/** The same of a restore: the next one comes to its end, whatever the first has left. */
export async function cutInRestore(t: ExecutionContext, lab: TestLab, host: string): Promise<void> {
	await sql(lab, 'DELETE FROM moments WHERE id > 1');
	await sql(lab, 'INSERT INTO moments VALUES (2)');
	await sleep(2000);
	const moment = await sql(lab, "SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS') || '+00'");
	await sleep(2000);
	await sql(lab, 'INSERT INTO moments VALUES (3)');
	await sql(lab, 'SELECT pg_switch_wal()');
	await sleep(3000);
	const data = (await lab.output(storage, 'ls -d /var/lib/postgresql/*/main')).trim();
	const wanted = [
		'-e',
		JSON.stringify({
			backup_node_sources: sources,
			backup_node_restore: job,
			backup_node_restore_in_place: job,
			backup_node_restore_time: moment,
		}),
	];
	const running = start(playbook, lab.folder, wanted);
	await until(lab, storage, `[ -e ${data}.restoring ] && [ "$(ls ${data} | wc -l)" -gt 2 ]`);
	await powerCut(lab, host);
	const over = await running.ended;
	t.not(over.code, 0, over.text);
	await lab.restart(host);
	if (host === keeper) {
		t.is(await rows(lab), '1,2,3', over.text);
		const mended = await converge(lab);
		t.is(mended.code, 0, mended.stdout);
		t.is((await lab.run(keeper, 'ls /etc/systemd/system/g2pbook-pgbackrest.service.d')).stdout, '');
	}
	const done = await play(playbook, lab.folder, wanted);
	t.is(done.code, 0, done.stdout);
	t.is(await rows(lab), '1,2');
	await verify(t, lab);
	await drilled(t, lab);
	quiet(t, await converge(lab), 'after a restore');
	await lab.output(
		storage,
		`ls -d ${data}.before-restore && rm -rf ${data}.before-restore* ${data}.cut-off*`,
	);
}
