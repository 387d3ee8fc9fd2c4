import { createHash } from 'node:crypto';
import postgresRole from '../../../src/modules/postgres/postgres_role.ts';
import { scramVerifier } from '../../../src/modules/postgres/scram.ts';
import { Secret } from '../../../src/shell/secret.ts';
import { psqlLine } from '../../rows/psql-line.ts';
import { stateRows } from '../../rows.ts';

const line = psqlLine();
const stored = { iterations: 4096, salt: 'W22ZaJ0SNY7soEsUEjb6gQ==' };
const fingerprint = (text: string) => createHash('sha256').update(text).digest('hex');
const role = (more = {}) => ({
	commands: {
		[line]: JSON.stringify({
			...{
				login: true,
				superuser: false,
				createdb: false,
				createrole: false,
				replication: false,
				bypassrls: false,
			},
			...{ inherit: true, connection_limit: -1, member_of: ['readers'] },
			...{ iterations: null, salt: null, fingerprint: null },
			...more,
		}),
	},
});
const nobody = { commands: { [line]: '' } };
const sql = (text: string) => ({ step: `${line} (stdin: ${text.length} bytes)`, content: text });
const withPassword = (password: string) =>
	role({ ...stored, iterations: '4096', fingerprint: fingerprint(scramVerifier(password, stored)) });
// The example of RFC 7677: any implementation gives this for "pencil".
const pencil =
	'SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=';

export default stateRows(postgresRole, [
	{
		title: 'creates with groups, all or nothing',
		args: { name: 'we"ird', connection_limit: 5, createdb: true, member_of: 'readers, pg_monitor' },
		host: nobody,
		steps: [
			sql(
				'BEGIN;\nCREATE ROLE "we""ird" LOGIN CREATEDB CONNECTION LIMIT 5;\nGRANT "pg_monitor" TO "we""ird";\n' +
					'GRANT "readers" TO "we""ird";\nCOMMIT;\n',
			),
		],
	},
	{ title: 'leaves alone what is not asked for', args: { name: 'app' }, host: role({ createdb: true }) },
	{
		title: 'changes attributes and groups',
		args: { name: 'app', login: false, superuser: false, member_of: ['writers'] },
		host: role(),
		steps: [
			sql(
				'BEGIN;\nALTER ROLE "app" NOLOGIN;\nGRANT "writers" TO "app";\nREVOKE "readers" FROM "app";\nCOMMIT;\n',
			),
		],
	},
	{
		title: 'leaves groups that it must not be in, and no others',
		args: { name: 'app', not_member_of: ['pg_*', 'owner'] },
		host: role({ member_of: ['readers', 'pg_read_all_data', 'owner'] }),
		steps: [sql('BEGIN;\nREVOKE "owner" FROM "app";\nREVOKE "pg_read_all_data" FROM "app";\nCOMMIT;\n')],
	},
	{
		title: 'is content where it is in none of them',
		args: { name: 'app', not_member_of: ['pg_*', 'owner'] },
		host: role(),
	},
	{
		title: 'knows its password again',
		args: { name: 'app', password: new Secret('pencil') },
		host: role({ ...stored, iterations: '4096', fingerprint: fingerprint(pencil) }),
	},
	{ title: 'knows a verifier again', args: { name: 'app', password: pencil }, host: withPassword('pencil') },
	{
		title: 'sets another password, as a secret on stdin',
		args: { name: 'app', password: 'pencil2' },
		host: withPassword('pencil'),
		steps: [`${line} (stdin: ••••••)`],
	},
	{
		title: 'sends a verifier as it is, and keeps it out of the log',
		args: { name: 'app', password: new Secret(pencil) },
		host: role(),
		steps: [
			{
				step: `${line} (stdin: ••••••)`,
				content:
					"SET log_statement = 'none';\nSET log_min_error_statement = 'panic';\nSET log_min_duration_statement = -1;\n" +
					`ALTER ROLE "app" PASSWORD '${pencil}';\n`,
			},
		],
	},
	{
		title: 'drops',
		args: { name: 'app', state: 'absent' },
		host: role(),
		steps: [sql('DROP ROLE "app";\n')],
	},
	{ title: 'does not miss who is absent', args: { name: 'app', state: 'absent' }, host: nobody },
	{
		title: 'would create where there is no server yet',
		args: { name: 'app' },
		host: { commands: { [line]: { code: 127, stderr: 'runuser: psql: not found' } } },
		steps: [sql('CREATE ROLE "app" LOGIN;\n')],
	},
	{
		title: 'does not take silence for absence',
		args: { name: 'app', state: 'absent' },
		host: {
			commands: {
				[line]: { code: 2, stderr: 'psql: error: connection to server failed' },
				'pg_isready --quiet': { code: 2 },
			},
		},
		error: /could not be asked: psql: error/,
	},
	{
		title: 'would create where the server is still to be started',
		args: { name: 'app' },
		host: {
			commands: {
				[line]: { code: 2, stderr: 'psql: Fehler: Verbindung fehlgeschlagen' },
				'pg_isready --quiet': { code: 2 },
			},
		},
		steps: [sql('CREATE ROLE "app" LOGIN;\n')],
	},
	{
		title: 'says that the server refuses',
		args: { name: 'app' },
		host: {
			commands: {
				[line]: { code: 2, stderr: 'psql: error: FATAL:  Peer authentication failed' },
				'pg_isready --quiet': '',
			},
		},
		error: /Peer authentication failed\n.*local all postgres peer/,
	},
	{
		title: 'asks the server that is meant',
		args: { name: 'app', login_user: 'admin', login_port: 5433, login_unix_socket: '/run/pg' },
		host: {
			commands: { [psqlLine('postgres', { user: 'admin', options: '--host /run/pg --port 5433 ' })]: '' },
		},
		steps: [
			`${psqlLine('postgres', { user: 'admin', options: '--host /run/pg --port 5433 ' })} (stdin: 25 bytes)`,
		],
	},
]);
