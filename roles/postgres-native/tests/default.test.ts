import { writeFile } from 'node:fs/promises';
import type { ExecutionContext } from 'ava';
import test from 'ava';
import { g2pbook } from '../../../test/fixtures/containers/command-line.ts';
import type { TestLab } from '../../../test/fixtures/containers/lab.ts';
import { type Again, roleTest } from '../../../test/fixtures/containers/role-test.ts';

const password = async (lab: TestLab, user = 'openg2p'): Promise<string> =>
	(await g2pbook(['secret', 'view', `postgres_${user}`, '-i', lab.folder])).stdout.trim();

const role = (name: string, more = '') =>
	`  - {name: ${name}, password: !secret {name: postgres_${name}, generate: {length: 32, alphabet: alphanumeric}}${more}}\n`;

/** Those that the role makes by itself, and two that read: one by a grant of its own, one by its group. */
const roles = `postgres_native_roles:
${role('openg2p')}${role('provisioner', ', createdb: true, createrole: true')}  - {name: readers, login: false}
${role('reporting')}${role('auditor', ', member_of: [readers]')}`;

const reads = (reader: string) => [
	{ role: reader, database: 'openg2p', privileges: ['connect'] },
	{
		...{ role: reader, database: 'openg2p', schema: 'public', objects: 'tables' },
		...{ privileges: ['select'], made_later_by: ['openg2p'] },
	},
];

type Client = {
	readonly from?: string;
	readonly ssl?: string;
	readonly port?: number;
	readonly user?: string;
};

/** A query as a program of the cluster sends it: over TCP, with a password. */
function query(
	lab: TestLab,
	secret: string,
	sql: string,
	{ from = 'compute1', ssl = 'require', port = 5432, user = 'openg2p' }: Client = {},
) {
	const to = `host=${lab.address('storage1')} port=${port} dbname=openg2p user=${user} sslmode=${ssl} connect_timeout=5`;
	return lab.run(from, `PGPASSWORD='${secret}' psql -XAtw '${to}' -c "${sql}" 2>&1`);
}

async function clients(t: ExecutionContext, lab: TestLab): Promise<void> {
	const right = await password(lab);
	const rows = await query(
		lab,
		right,
		'CREATE TEMP TABLE p AS SELECT generate_series(1, 200); SELECT count(*) FROM p',
	);
	t.regex(rows.stdout, /^200$/m);
	t.is(
		(await query(lab, right, 'SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()')).stdout.trim(),
		't',
	);
	t.regex((await query(lab, 'wrong', 'SELECT 1')).stdout, /password authentication failed/);
	t.regex((await query(lab, right, 'SELECT 1', { ssl: 'disable' })).stdout, /no pg_hba\.conf entry/);
	t.regex((await query(lab, right, 'SELECT 1', { from: 'stranger1' })).stdout, /no pg_hba\.conf entry/);
	for (const [setting, value] of Object.entries({
		wal_level: 'logical',
		max_connections: '500',
		max_replication_slots: '300',
		max_wal_senders: '64',
		max_slot_wal_keep_size: '8GB',
		password_encryption: 'scram-sha-256',
		shared_buffers: '256MB',
		data_checksums: 'on',
		listen_addresses: `localhost,${lab.address('storage1')}`,
	})) {
		t.is((await query(lab, right, `SHOW ${setting}`)).stdout.trim(), value, setting);
	}
}

/** What sets up an environment makes its own roles and databases, and is no superuser. */
async function provisioner(t: ExecutionContext, lab: TestLab): Promise<void> {
	const secret = (await g2pbook(['secret', 'view', 'postgres_provisioner', '-i', lab.folder])).stdout.trim();
	const as = (sql: string) =>
		lab.run(
			'compute1',
			`PGPASSWORD='${secret}' psql -XAtw 'host=${lab.address('storage1')} dbname=postgres user=provisioner sslmode=require' -c "${sql}" 2>&1`,
		);
	for (const sql of [
		'CREATE ROLE pilot',
		'GRANT pilot TO provisioner',
		'CREATE DATABASE pilot OWNER pilot',
	]) {
		const { code, stdout } = await as(sql);
		t.is(code, 0, stdout);
	}

	t.regex((await as("COPY (SELECT 1) TO PROGRAM 'id'")).stdout, /permission denied|must be superuser/);
	t.regex((await as('ALTER ROLE postgres PASSWORD NULL')).stdout, /must be superuser|permission denied/);
	t.is((await as('DROP DATABASE pilot')).code, 0);
	t.is((await as('DROP ROLE pilot')).code, 0);
}

/** Who may do what with the database of openg2p, and who does not even get in. */
async function grants(t: ExecutionContext, lab: TestLab, again: Again): Promise<void> {
	const as = async (user: string, sql: string) =>
		(await query(lab, await password(lab, user), sql, { user })).stdout.trim();
	await as('openg2p', 'CREATE TABLE people AS SELECT 42 AS age');
	for (const user of ['reporting', 'auditor']) {
		t.is(await as(user, 'SELECT age FROM people'), '42', `${user} reads what was made after the run`);
		t.regex(await as(user, 'DELETE FROM people'), /permission denied for table people/);
		t.regex(await as(user, 'CREATE TABLE own (a int)'), /permission denied for schema public/);
	}

	t.regex(await as('provisioner', 'SELECT 1'), /permission denied for database "openg2p"/);
	t.is((await again('a table more', {})).effects.length, 0);

	const less = await again('one reader less', {
		postgres_native_grants: [
			...reads('readers'),
			...reads('reporting').map((grant) => ({ ...grant, privileges: [] })),
		],
	});
	t.is(less.code, 0, less.stdout + less.stderr);
	t.regex(await as('reporting', 'SELECT 1'), /permission denied for database "openg2p"/);
	t.is(await as('auditor', 'SELECT age FROM people'), '42');

	const both = await again('entries that contradict each other', {
		postgres_native_grants: [...reads('readers'), { ...reads('readers')[0], privileges: ['create'] }],
	});
	t.is(both.code, 2);
	t.regex(both.stdout, /two entries for the same role.*put them together \(readers on openg2p\)/s);
	t.is((await again('both readers', {})).code, 0);
	t.is(await as('reporting', 'SELECT age FROM people'), '42');
}

async function rotation(t: ExecutionContext, lab: TestLab, again: Again): Promise<void> {
	const old = await password(lab);
	t.is((await g2pbook(['secret', 'rotate', 'postgres_openg2p', '-i', lab.folder])).code, 0);
	const { code, effects, stdout } = await again('a new password', {});
	t.is(code, 0, stdout);
	t.deepEqual(
		effects.map(({ task }) => task.name).filter((name) => !/Make the roles/.test(name)),
		[],
	);
	t.is(effects.length, 1);
	t.is((await query(lab, await password(lab), 'SELECT 1')).stdout.trim(), '1');
	t.regex((await query(lab, old, 'SELECT 1')).stdout, /password authentication failed/);
	t.false(stdout.includes(await password(lab)));
}

async function settings(t: ExecutionContext, lab: TestLab, again: Again): Promise<void> {
	const right = await password(lab);
	const moved = await again('another port', { postgres_native_port: 5433 });
	t.is(moved.code, 0, moved.stdout + moved.stderr);
	t.is((await query(lab, right, 'SELECT 1', { port: 5433 })).stdout.trim(), '1');
	t.is((await again('another port, once more', { postgres_native_port: 5433 })).effects.length, 0);
	const back = await again('the old port', {});
	t.is(back.code, 0, back.stdout + back.stderr);
	t.is((await query(lab, right, 'SELECT 1')).stdout.trim(), '1');

	const refused = await again('a setting that PostgreSQL cannot start with', {
		postgres_native_settings: { shared_preload_libraries: 'no_such_library' },
	});
	t.is(refused.code, 2);
	t.regex(refused.stdout + refused.stderr, /does not start with these settings/);
	t.is((await query(lab, right, 'SHOW wal_level')).stdout.trim(), 'logical', 'it serves as before');
	t.is((await again('its own settings', {})).code, 0);
}

roleTest(test, {
	role: 'postgres-native',
	hosts: [
		{ name: 'storage1', groups: ['storage'] },
		{ name: 'compute1', groups: ['rke2_servers'] },
		{ name: 'stranger1', groups: ['reverse_proxy'] },
	],
	pattern: 'storage:rke2_servers',
	vars: {
		postgres_native_databases: [{ name: 'openg2p', owner: 'openg2p', extensions: ['pg_trgm'] }],
		postgres_native_grants: [...reads('readers'), ...reads('reporting')],
	},

	async prepare(lab) {
		await writeFile(`${lab.folder}/group_vars/storage.yml`, roles);
		await g2pbook(['secret', 'init', '-i', lab.folder]);
		await lab.output('stranger1', 'apt-get install -yq postgresql-client');
	},

	verify: clients,

	async change(t, lab, again) {
		await provisioner(t, lab);
		await grants(t, lab, again);
		await rotation(t, lab, again);
		await settings(t, lab, again);
	},

	removal: {
		vars: { postgres_native_state: 'absent' },
		async verify(t, lab) {
			t.regex((await query(lab, await password(lab), 'SELECT 1')).stdout, /Connection refused/);
			t.is(
				(await lab.run('storage1', 'test -e /var/lib/postgresql/15/main/PG_VERSION')).code,
				0,
				'the data stays',
			);
		},
	},

	drift: [
		{
			name: 'a setting was taken back, and everybody let in',
			break: (lab) =>
				lab.output(
					'storage1',
					`su postgres -c "psql -c 'ALTER SYSTEM RESET wal_level'" && systemctl restart postgresql@15-main
hba=$(su postgres -c "psql -Atc 'SHOW hba_file'") && sed -i 's/hostssl/host/' "$hba" && systemctl reload postgresql`,
				),
			repairs: [/Set the parameters/, /Let the clients in/],
		},
		{
			name: 'the password was changed by hand',
			break: (lab) =>
				lab.output('storage1', `su postgres -c "psql -c \\"ALTER ROLE openg2p PASSWORD 'mine'\\""`),
			repairs: [/Make the roles/],
		},
		{
			name: 'the database belongs to somebody else',
			break: (lab) =>
				lab.output('storage1', `su postgres -c "psql -c 'ALTER DATABASE openg2p OWNER TO postgres'"`),
			repairs: [/Make the databases/],
		},
		{
			name: 'everybody was let into the database, one may write, and another does not read',
			break: (lab) =>
				lab.output(
					'storage1',
					`su postgres -c "psql openg2p -c 'GRANT CONNECT ON DATABASE openg2p TO PUBLIC' -c 'GRANT INSERT ON people TO reporting' -c 'REVOKE SELECT ON people FROM readers'"`,
				),
			repairs: [/Let nobody connect/, /Grant what the list says/],
		},
		{
			name: 'the server was stopped',
			break: (lab) => lab.output('storage1', 'systemctl stop postgresql'),
			repairs: [/Start PostgreSQL/],
		},
	],
});
