import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import { type PlayedRun, play, repository } from '../../../test/fixtures/containers/command-line.ts';
import type { TestLab } from '../../../test/fixtures/containers/lab.ts';
import { quiet } from '../../../test/fixtures/containers/role-test.ts';
import { keeper, result, start, storage } from './lab.ts';
import { converge, job, program, sources, sql, unit } from './postgres-lab.ts';

const data = `"$(ls -d /var/lib/postgresql/*/main)"`;
const restore = (
	lab: TestLab,
	vars: Readonly<Record<string, unknown>>,
	...words: string[]
): Promise<PlayedRun> =>
	play(join(repository, 'playbooks/restore-postgres.yml'), lab.folder, [
		'-e',
		JSON.stringify({
			backup_node_sources: sources,
			...vars,
		}),
		...words,
	]);

/** Rows of before a moment come back, later ones do not, and all goes on from there. */
export async function comesBack(t: ExecutionContext, lab: TestLab): Promise<void> {
	await sql(lab, 'CREATE TABLE moments AS SELECT 1 AS id');
	await sql(lab, 'SELECT pg_switch_wal()');
	t.is(await start(lab, unit), 0);
	await sql(lab, 'INSERT INTO moments VALUES (2)');
	await lab.output(storage, 'sleep 2');
	const moment = await sql(lab, "SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS') || '+00'");
	await lab.output(storage, 'sleep 2');
	await sql(lab, 'INSERT INTO moments VALUES (3)');
	await sql(lab, 'SELECT pg_switch_wal()');
	await lab.output(storage, 'sleep 5');

	const info = await restore(lab, {});
	t.is(info.code, 0, info.stdout);
	t.regex(info.stdout, /back to any moment since \d{4}-.*full backup: \d{8}-\d{6}F, of \d{4}/s);
	const wanted = {
		backup_node_restore: job,
		backup_node_restore_in_place: job,
		backup_node_restore_time: moment,
	};
	t.is(
		(await restore(lab, { ...wanted, backup_node_restore_in_place: '' })).code,
		5,
		'it has to be typed out',
	);
	const check = await restore(lab, wanted, '--check');
	t.is(check.code, 0, check.stdout);
	t.regex(
		check.stdout.replaceAll(/\s+/g, ' '),
		/will be as it was at .* What was written after that is lost; the newest that it has is of/,
	);
	t.is(await sql(lab, 'SELECT count(*) FROM moments'), '3', 'a check changes nothing');

	// Refused while all serves, by a check, too.
	for (const [time, says] of [
		['2001-01-01 00:00:00+00', /no way back to 2001.*the oldest backup that is kept ended at 2/],
		['2199-01-01 00:00:00+00', /no way back to 2199.*that moment is still to come/],
		['yesterday', /is "yesterday", and has to be newest, or a moment with its zone/],
	] as const) {
		for (const words of [[], ['--check']]) {
			const never = await restore(lab, { ...wanted, backup_node_restore_time: time }, ...words);
			t.is(never.code, 5, never.stdout);
			t.regex(never.stdout.replaceAll(/\s+/g, ' '), says);
			t.deepEqual(never.effects, []);
		}
	}

	// Of so late nothing was archived: that shows when all of the log was read.
	await lab.output(
		storage,
		'systemctl stop g2pbook-backup-canary.timer g2pbook-backup-canary.service; sleep 1',
	);
	const late = await sql(
		lab,
		"SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.MS') || '+00'",
	);
	const never = await restore(lab, { ...wanted, backup_node_restore_time: late });
	t.not(never.code, 0);
	t.regex(never.stdout, /nothing was archived of as late as/);
	await lab.output(storage, 'systemctl start g2pbook-backup-canary.timer');
	t.is(await sql(lab, 'SELECT count(*) FROM moments'), '3', 'what was there serves again');

	await lab.output(storage, `rm -rf ${data}; pkill -9 -x postgres; sleep 1`);
	const back = await restore(lab, wanted);
	t.is(back.code, 0, back.stdout + back.stderr);
	t.is(await sql(lab, "SELECT string_agg(id::text, ',' ORDER BY id) FROM moments"), '1,2');
	t.is((await result(lab, 'run', job)).state, 'ok');
	t.regex((await lab.output(keeper, `${program} info ${job}`)).trim(), /full backup[\s\S]*full backup/);
	await lab.output(keeper, `${program} check ${job}`);
	t.is(
		(await lab.run(keeper, 'ls /etc/systemd/system/g2pbook-pgbackrest.service.d')).stdout,
		'',
		'backups are hidden again',
	);
	quiet(t, await converge(lab), 'after a restore');
	await lab.output(storage, `rm -rf ${data}.before-restore* ${data}.cut-off*`);
}
