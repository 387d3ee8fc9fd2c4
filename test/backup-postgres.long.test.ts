import { setTimeout as sleep } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { keeper, kept, result, start as startUnit, storage } from '../roles/backup-node/tests/lab.ts';
import {
	drill,
	hosts,
	job,
	prepare,
	program,
	sources,
	sql,
	stanza,
	unit,
	verify,
} from '../roles/backup-node/tests/postgres-lab.ts';
import { mishaps } from '../roles/backup-node/tests/postgres-mishaps.ts';
import { start } from './chaos/run.ts';
import { play } from './fixtures/containers/command-line.ts';
import { startLab, type TestLab } from './fixtures/containers/lab.ts';
import { quiet } from './fixtures/containers/role-test.ts';

// What can go wrong with backups of a database. A power cut of either host in the middle of a backup, and in the middle of a restore,
// a disk that is full, a host that does not answer: it is told, what was kept before stays, and the next run is well.

let lab: TestLab;
const words = (vars: Readonly<Record<string, unknown>> = {}): readonly string[] => [
	'-e',
	JSON.stringify({ backup_node_sources: sources, ...vars }),
];
const role = () => play('playbooks/backup.yml', lab.folder, words());
const rows = () => sql(lab, "SELECT string_agg(id::text, ',' ORDER BY id) FROM moments");
const drilled = async (t: ExecutionContext): Promise<void> => {
	await startUnit(lab, drill);
	const { state, says } = await result(lab, 'drill', job);
	t.is(state, 'ok', says);
};

/** Wait for what a line of the shell finds. */
async function until(host: string, line: string): Promise<void> {
	const started = Date.now();
	while ((await lab.run(host, line)).code !== 0) {
		if (Date.now() - started > 60_000) {
			throw new Error(`${host}: ${line} did not come true within a minute`);
		}
		await sleep(50);
	}
}

const powerCut = async (host: string): Promise<void> => {
	await lab.hosts.find(({ name }) => name === host)?.container.kill();
};

test.serial.before('a cluster that takes a while to copy', async (t) => {
	t.timeout(10 * 60_000);
	lab = await startLab(undefined, hosts);
	await prepare(lab);
	const first = await role();
	t.is(first.code, 0, first.stdout + first.stderr);
	await sql(
		lab,
		'CREATE TABLE large AS SELECT md5(id::text) || md5((-id)::text) AS noise FROM generate_series(1, 3000000) AS id',
	);
	await sql(lab, 'CREATE TABLE moments AS SELECT 1 AS id');
	await verify(t, lab);
});

test.serial('mishaps that end by themselves, or by their limit', async (t) => {
	t.timeout(10 * 60_000);
	await mishaps(t, lab);
	await drilled(t);
});

for (const host of [storage, keeper]) {
	test.serial(`a power cut of ${host} in the middle of a backup`, async (t) => {
		t.timeout(10 * 60_000);
		const folder = `${kept}/postgres/backup/${stanza}`;
		const names = () => lab.output(keeper, `${program} info ${job} | grep -E 'backup:'`);
		const before = await names();
		await lab.output(
			keeper,
			`${program} full ${job}; ls ${folder} >/root/before; systemctl start --no-block ${unit}`,
		);
		await until(keeper, `ls ${folder} | diff -q /root/before - | grep . && sleep 0.5`);
		t.is((await result(lab, 'run', job)).state, 'running');
		await powerCut(host);
		if (host === storage) {
			await until(keeper, `! systemctl is-active ${unit} | grep activating`).catch(() => undefined);
			await until(keeper, `! systemctl is-active ${unit} | grep activating`);
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
		await drilled(t);
		quiet(t, await role(), 'nothing is left to be mended by the role');
	});

	test.serial(`a power cut of ${host} in the middle of a restore`, async (t) => {
		t.timeout(10 * 60_000);
		await sql(lab, 'DELETE FROM moments WHERE id > 1');
		await sql(lab, 'INSERT INTO moments VALUES (2)');
		await sleep(2000);
		const moment = await sql(
			lab,
			"SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS') || '+00'",
		);
		await sleep(2000);
		await sql(lab, 'INSERT INTO moments VALUES (3)');
		await sql(lab, 'SELECT pg_switch_wal()');
		await sleep(3000);
		const data = (await lab.output(storage, 'ls -d /var/lib/postgresql/*/main')).trim();
		const wanted = words({
			backup_node_restore: job,
			backup_node_restore_in_place: job,
			backup_node_restore_time: moment,
		});
		const running = start('playbooks/restore-postgres.yml', lab.folder, wanted);
		await until(storage, `[ -e ${data}.restoring ] && [ "$(ls ${data} | wc -l)" -gt 2 ]`);
		await powerCut(host);
		const over = await running.ended;
		t.not(over.code, 0, over.text);
		await lab.restart(host);
		if (host === keeper) {
			t.is(await rows(), '1,2,3', over.text);
			const mended = await role();
			t.is(mended.code, 0, mended.stdout);
			t.is((await lab.run(keeper, 'ls /etc/systemd/system/g2pbook-pgbackrest.service.d')).stdout, '');
		}
		const done = await play('playbooks/restore-postgres.yml', lab.folder, wanted);
		t.is(done.code, 0, done.stdout);
		t.is(await rows(), '1,2');
		await verify(t, lab);
		await drilled(t);
		quiet(t, await role(), 'after a restore');
		await lab.output(
			storage,
			`ls -d ${data}.before-restore && rm -rf ${data}.before-restore* ${data}.cut-off*`,
		);
	});
}
