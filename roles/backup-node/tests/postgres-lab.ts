import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import { g2pbook, type PlayedRun, play, repository } from '../../../test/fixtures/containers/command-line.ts';
import type { TestLab } from '../../../test/fixtures/containers/lab.ts';
import { keeper, result, start, storage } from './lab.ts';

export const job = `database.${storage}`;
export const stanza = `database-${storage}`;
export const unit = `g2pbook-backup-${job}`;
export const drill = `g2pbook-drill-${job}`;
export const server = 'g2pbook-pgbackrest';
export const program = '/usr/local/lib/g2pbook/backup-postgres';
export const sources = [{ name: 'database', kind: 'postgres', hosts: ['storage'] }];
export const hosts = [
	{ name: storage, groups: ['storage'] },
	{ name: keeper, groups: ['backup'] },
];

/** The playbook of backups, as a person runs it. */
export const converge = (lab: TestLab): Promise<PlayedRun> =>
	play(join(repository, 'playbooks/backup.yml'), lab.folder, [
		'-e',
		JSON.stringify({ backup_node_sources: sources }),
	]);

export const sql = async (lab: TestLab, line: string): Promise<string> =>
	(await lab.output(storage, `runuser -u postgres -- psql -XAtqc "${line}"`)).trim();

/** The names of both hosts, as the role base writes them, and a cluster. */
export async function prepare(lab: TestLab): Promise<void> {
	await g2pbook(['secret', 'init', '-i', lab.folder]);
	const names = [storage, keeper]
		.map((name) => `echo '${lab.address(name)} ${name}' >>/etc/hosts`)
		.join('\n');
	await Promise.all(
		[storage, keeper].map((host) =>
			lab.output(
				host,
				`${names}
apt-get install -yq python3-minimal`,
			),
		),
	);
	const playbook = `${lab.folder}-before.yml`;
	const vars = { postgres_native_roles: [], postgres_native_databases: [] };
	await writeFile(
		playbook,
		JSON.stringify([{ hosts: 'storage', become: true, vars, roles: ['postgres-native'] }]),
	);
	const { code, stdout, stderr } = await play(playbook, lab.folder);
	if (code !== 0) {
		throw new Error(stdout + stderr);
	}
}

/** A backup comes, and the log arrives. */
export async function verify(t: ExecutionContext, lab: TestLab): Promise<void> {
	const code = await start(lab, unit);
	const seen = await result(lab, 'run', job);
	t.is(seen.state, 'ok', seen.says);
	t.is(code, 0);
	t.regex(seen.snapshot, /^\d{8}-\d{6}F/);
	// Only what has changed, of the two kinds the other one.
	t.true(seen.bytes > (seen.snapshot.endsWith('F') ? 1_000_000 : 100_000));
	// What failed while the backup host was away has gone through since.
	t.is(
		await sql(lab, 'SELECT coalesce(last_failed_time < last_archived_time, true) FROM pg_stat_archiver'),
		't',
	);
	t.true(Number(await sql(lab, 'SELECT archived_count FROM pg_stat_archiver')) > 0);
	t.is(await sql(lab, "SELECT setting FROM pg_settings WHERE name = 'wal_level'"), 'logical', 'as it was');
	t.is(
		await sql(
			lab,
			"SELECT rolsuper, rolreplication, rolcreaterole FROM pg_roles WHERE rolname = 'g2pbook-source'",
		),
		'f|f|f',
	);
}
