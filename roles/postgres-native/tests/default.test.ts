import { writeFile } from 'node:fs/promises';
import type { ExecutionContext } from 'ava';
import test from 'ava';
import { g2pbook } from '../../../test/fixtures/containers/command-line.ts';
import type { TestLab } from '../../../test/fixtures/containers/lab.ts';
import { type Again, roleTest } from '../../../test/fixtures/containers/role-test.ts';
import { clients, itsMajor, major, password, query, superuser } from './clients.ts';
import { removals, renames, service } from './day-two.ts';
import { environments, noSuperuserOverTcp } from './trust.ts';

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

	t.is((await again('a table more', {})).effects.length, 0);

	const less = await again('one reader less', {
		postgres_native_grants: [
			...reads('readers'),
			...reads('reporting').map((grant) => ({ ...grant, privileges: [] })),
		],
	});
	t.is(less.code, 0, less.stdout + less.stderr);
	t.regex(await as('reporting', 'SELECT 1'), /no pg_hba\.conf entry/);
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
	t.is((await lab.run('storage1', "ss -Hlntx | grep -E '[.:]5432( |$)'")).stdout, '', 'the old one is gone');
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
		await environments(t, lab);
		await noSuperuserOverTcp(t, lab);
		await service(t, lab, again);
		await renames(t, lab, again);
		await removals(t, lab, again);
		await grants(t, lab, again);
		await rotation(t, lab, again);
		await settings(t, lab, again);
	},

	removal: {
		vars: { postgres_native_state: 'absent' },
		async verify(t, lab) {
			t.regex((await query(lab, await password(lab), 'SELECT 1')).stdout, /Connection refused/);
			t.is(
				(await lab.run('storage1', `test -e /var/lib/postgresql/${await major(lab)}/main/PG_VERSION`)).code,
				0,
				'the data stays',
			);
		},
	},

	drift: [
		{
			name: 'a setting was taken back, and everybody let in, also by a line below',
			break: (lab) =>
				lab.output(
					'storage1',
					`su postgres -c "psql -c 'ALTER SYSTEM RESET wal_level'" && systemctl restart postgresql@${itsMajor}-main
hba=$(su postgres -c "psql -Atc 'SHOW hba_file'") && sed -i 's/hostssl/host/' "$hba" && echo 'local all all trust' >>"$hba" &&
systemctl reload postgresql`,
				),
			repairs: [/Set the parameters/, /Let the clients in/],
		},
		{
			name: 'the password, rights and memberships were changed by hand, and a database was made',
			break: (lab) =>
				superuser(
					lab,
					"ALTER ROLE openg2p PASSWORD 'mine' SUPERUSER CREATEROLE REPLICATION BYPASSRLS",
					'GRANT pg_monitor TO openg2p',
					'GRANT pg_execute_server_program, openg2p TO provisioner',
					'GRANT EXECUTE ON FUNCTION g2p.must_have_made TO PUBLIC',
					'CREATE DATABASE byhand',
				),
			repairs: [/Make the roles/, /Let roles be made/, /Let nobody connect/],
		},
		{
			name: 'the database belongs to somebody else, who lets everybody in, and one may write, and another does not read',
			break: (lab) =>
				superuser(
					lab,
					'ALTER DATABASE openg2p OWNER TO postgres',
					'GRANT CONNECT ON DATABASE openg2p TO PUBLIC',
					'\\connect openg2p\nGRANT INSERT ON people TO reporting',
					'REVOKE SELECT ON people FROM readers',
				),
			repairs: [/Make the databases/, /Let nobody connect/, /Grant what the list says/],
		},
		{
			name: 'the server goes by a line above ours that its file has no more',
			break: (lab) =>
				lab.output(
					'storage1',
					`hba=$(su postgres -c "psql -Atc 'SHOW hba_file'") && cp -p "$hba" /root/hba
sed -i '1i host all all 0.0.0.0/0 trust' "$hba" && systemctl reload postgresql@${itsMajor}-main && sleep 2 && cp /root/hba "$hba"`,
				),
			repairs: [/Let the clients in/],
		},
		{
			name: 'it listens everywhere, and its settings say so no more; the file of its socket is gone',
			break: (lab) =>
				lab.output(
					'storage1',
					`file=/var/lib/postgresql/${itsMajor}/main/postgresql.auto.conf; cp -p $file /root/auto.conf
su postgres -c "psql -qc "ALTER SYSTEM SET listen_addresses = '*'"" && systemctl restart postgresql@${itsMajor}-main
cp -p /root/auto.conf $file && systemctl reload postgresql@${itsMajor}-main && rm /var/run/postgresql/.s.PGSQL.5432`,
				),
			repairs: [/Restart what does not listen/],
		},
		{
			name: 'the cluster was stopped, and what stands for all clusters was not',
			break: (lab) =>
				lab.output(
					'storage1',
					`systemctl stop postgresql@${itsMajor}-main && systemctl is-active postgresql`,
				),
			repairs: [/Start PostgreSQL$/],
		},
		{
			name: 'the server was stopped',
			break: (lab) => lab.output('storage1', 'systemctl stop postgresql'),
			repairs: [/Start PostgreSQL with the host/],
		},
	],
});
