import type { ExecutionContext } from 'ava';
import type { TestLab } from '../../../test/fixtures/containers/lab.ts';
import { password, query, superuser } from './clients.ts';

/** Nothing on the host, nothing of other roles, and nothing of the server. */
const attacks = [
	'CREATE ROLE other LOGIN',
	'GRANT pg_execute_server_program TO pilot',
	'GRANT pg_execute_server_program TO provisioner',
	'GRANT pg_read_server_files TO provisioner',
	'GRANT pg_write_server_files TO pilot',
	'GRANT pg_read_all_data TO pilot',
	'GRANT openg2p TO provisioner',
	'GRANT postgres TO provisioner',
	"ALTER ROLE openg2p PASSWORD 'x'",
	'ALTER ROLE openg2p SUPERUSER',
	'ALTER ROLE provisioner CREATEROLE',
	'ALTER ROLE pilot CREATEROLE',
	'ALTER ROLE postgres PASSWORD NULL',
	"ALTER ROLE pilot SET session_preload_libraries = 'x'",
	'DROP ROLE openg2p',
	'SET ROLE postgres',
	'SET ROLE openg2p',
	'SET SESSION AUTHORIZATION openg2p',
	"COPY (SELECT 1) TO PROGRAM 'id >/tmp/pwned'",
	"COPY (SELECT 1) TO '/tmp/pwned'",
	'CREATE TABLE public.t (a text)',
	'CREATE TEMP TABLE t (a text)',
	"SELECT lo_import('/etc/passwd')",
	"SELECT lo_export(1, '/tmp/pwned')",
	"SELECT pg_read_file('/etc/passwd')",
	"SELECT pg_ls_dir('/')",
	'CREATE EXTENSION file_fdw',
	'CREATE EXTENSION dblink',
	'CREATE LANGUAGE plperlu',
	"ALTER SYSTEM SET archive_command = 'id >/tmp/pwned'",
	"SELECT pg_create_logical_replication_slot('s', 'pgoutput')",
	"SELECT pg_create_physical_replication_slot('s', true)",
	'CREATE DATABASE copied TEMPLATE openg2p',
	'ALTER DATABASE openg2p OWNER TO provisioner',
	"CREATE TABLESPACE t LOCATION '/tmp'",
	'SELECT rolpassword FROM pg_authid',
	'REASSIGN OWNED BY openg2p TO provisioner',
	"SELECT g2p.set_password('openg2p', 'x')",
	"SELECT g2p.set_password('postgres', 'x')",
	"SELECT g2p.drop_role('openg2p')",
	"SELECT g2p.drop_role('g2p_environments')",
	"SELECT g2p.create_role('openg2p', 'x')",
	"SELECT g2p.create_role('template1', 'x')",
	"SELECT g2p.create_role('pg_pilot', 'x')",
];

/**
 * What sets up an environment makes its own roles and databases, and nothing else. Who has an environment has that one
 * only, and nobody is let into it by having been there before.
 */
export async function environments(t: ExecutionContext, lab: TestLab): Promise<void> {
	const secret = await password(lab, 'provisioner');
	const as = async (sql: string) =>
		await query(lab, secret, sql, { user: 'provisioner', database: 'postgres' });
	const succeeds = async (...statements: readonly string[]) => {
		for (const sql of statements) {
			const { code, stdout } = await as(sql);
			t.is(code, 0, `${sql}: ${stdout}`);
		}
	};
	await succeeds(
		"SELECT g2p.create_role('pilot', 'first')",
		"SELECT g2p.create_role('quote\"d', 'it''s')",
		'CREATE DATABASE pilot OWNER pilot',
		'CREATE DATABASE "quote""d" OWNER "quote""d"',
		"SELECT g2p.set_password('pilot', 'second')",
	);

	const reaches = async (user: string, word: string, database: string) =>
		(await query(lab, word, 'SELECT 1', { user, database })).stdout.trim();
	const openg2p = await password(lab);
	t.is(await reaches('pilot', 'second', 'pilot'), '1');
	t.is(await reaches('provisioner', secret, 'pilot'), '1');
	t.regex(await reaches('pilot', 'first', 'pilot'), /password authentication failed/);
	for (const [user, word, database] of [
		['openg2p', openg2p, 'postgres'],
		['openg2p', openg2p, 'template1'],
		['openg2p', openg2p, 'pilot'],
		['quote"d', "it'\\''s", 'pilot'],
		['pilot', 'second', 'openg2p'],
		['pilot', 'second', 'postgres'],
		['provisioner', secret, 'openg2p'],
		['provisioner', secret, 'template1'],
	] as const) {
		t.regex(await reaches(user, word, database), /no pg_hba\.conf entry/, `${user} in ${database}`);
	}

	for (const sql of attacks) {
		const { code, stdout } = await as(sql);
		t.is(code, 1, sql);
		t.regex(stdout, /^ERROR: /m, sql);
	}

	t.regex(
		(
			await query(lab, 'second', "COPY (SELECT 1) TO PROGRAM 'id >/tmp/pwned'", {
				user: 'pilot',
				database: 'pilot',
			})
		).stdout,
		/^ERROR: /m,
	);
	t.is((await lab.run('storage1', 'test -e /tmp/pwned')).code, 1);
	t.regex(
		(await lab.run('storage1', 'grep -rE "\'(first|second)\'|SCRAM" /var/log/postgresql')).stdout,
		/^$/,
	);
	await succeeds(
		'DROP DATABASE pilot',
		"SELECT g2p.drop_role('pilot')",
		'DROP DATABASE "quote""d"',
		"SELECT g2p.drop_role('quote\"d')",
	);
}

/** By the socket of the host only, whatever password somebody gives it. */
export async function noSuperuserOverTcp(t: ExecutionContext, lab: TestLab): Promise<void> {
	await superuser(lab, "ALTER ROLE postgres PASSWORD 'by-hand'");
	for (const [from, host] of [
		['compute1', lab.address('storage1')],
		['stranger1', lab.address('storage1')],
		['storage1', lab.address('storage1')],
		['storage1', '127.0.0.1'],
		['storage1', '::1'],
	] as const) {
		const { stdout } = await query(lab, 'by-hand', 'SELECT 1', {
			...{ from, host, user: 'postgres', database: 'postgres' },
		});
		t.regex(stdout, /pg_hba\.conf rejects connection/, `${from} at ${host}`);
	}

	await superuser(lab, 'ALTER ROLE postgres PASSWORD NULL');
}
