import postgresGrant from '../../../src/modules/postgres/postgres_grant.ts';
import { psqlLine } from '../../rows/psql-line.ts';
import { stateRows } from '../../rows.ts';

const line = psqlLine('app');
const host = (found: Readonly<Record<string, readonly string[] | null>>) => ({
	commands: { [line]: JSON.stringify(found) },
});
const noDatabase = {
	commands: {
		[line]: { code: 2, stderr: 'FATAL:  Datenbank »app« existiert nicht' },
		'pg_isready --quiet': '',
		[psqlLine()]: 'f\n',
	},
};
const sql = (text: string) => ({ step: `${line} (stdin: ${text.length} bytes)`, content: text });
const database = { role: 'reporting', database: 'app', privileges: ['connect'] };
const tables = {
	...{ role: 'reporting', database: 'app', schema: 'public', objects: 'tables' as const },
	privileges: 'select',
};

export default stateRows(postgresGrant, [
	{
		title: 'grants what is missing on a database',
		args: database,
		host: host({ 'database app': [] }),
		steps: [sql('GRANT CONNECT ON DATABASE "app" TO "reporting";\n')],
	},
	{ title: 'is content', args: database, host: host({ 'database app': ['connect'] }) },
	{
		title: 'takes what is too much',
		args: { ...database, privileges: 'connect, TEMPORARY' },
		host: host({ 'database app': ['connect', 'create'] }),
		steps: [
			sql(
				'BEGIN;\nGRANT TEMPORARY ON DATABASE "app" TO "reporting";\nREVOKE CREATE ON DATABASE "app" FROM "reporting";\nCOMMIT;\n',
			),
		],
	},
	{ title: 'leaves the owner alone', args: database, host: host({ 'database app': null }) },
	{
		title: 'keeps everybody out',
		args: { role: 'public', database: 'app', privileges: [] },
		host: host({ 'database app': ['connect', 'temporary'] }),
		steps: [sql('REVOKE CONNECT, TEMPORARY ON DATABASE "app" FROM PUBLIC;\n')],
	},
	{
		title: 'knows what a database that is still to be made gives to everybody',
		args: { role: 'public', database: 'app', privileges: ['temporary'] },
		host: noDatabase,
		steps: [sql('REVOKE CONNECT ON DATABASE "app" FROM PUBLIC;\n')],
	},
	{
		title: 'knows that such a database gives nothing to others',
		args: { ...database, privileges: [] },
		host: noDatabase,
	},
	{
		title: 'does not take silence for agreement',
		args: { ...database, privileges: [] },
		host: {
			commands: {
				[line]: { code: 2, stderr: 'could not connect to server' },
				'pg_isready --quiet': { code: 2 },
				[psqlLine()]: { code: 2 },
			},
		},
		error: /PostgreSQL could not be asked/,
	},
	{
		title: 'grants on a schema',
		args: { ...database, schema: 'Own "one"', privileges: 'usage' },
		host: host({ 'schema Own "one"': [] }),
		steps: [sql('GRANT USAGE ON SCHEMA "Own ""one""" TO "reporting";\n')],
	},
	{
		title: 'grants on those tables that lack it',
		args: tables,
		host: host({ 'table orders': ['select'], 'table people': [], 'table own': null }),
		steps: [sql('GRANT SELECT ON TABLE "public"."people" TO "reporting";\n')],
	},
	{ title: 'has nothing to do on tables that are still to be made', args: tables, host: noDatabase },
	{
		title: 'grants on tables by name, whether they are there or not',
		args: { ...tables, names: 'orders, people' },
		host: host({ 'table orders': ['select'] }),
		steps: [sql('GRANT SELECT ON TABLE "public"."people" TO "reporting";\n')],
	},
	{
		title: 'grants on what is made later',
		args: { ...tables, made_later_by: ['app'] },
		host: host({}),
		steps: [
			sql(
				'ALTER DEFAULT PRIVILEGES FOR ROLE "app" IN SCHEMA "public" GRANT SELECT ON TABLES TO "reporting";\n',
			),
		],
	},
	{
		title: 'takes sequences, and those of later too',
		args: { ...tables, objects: 'sequences', made_later_by: ['app'], privileges: [] },
		host: host({ 'sequence ids': ['usage'], 'sequences that app will make': ['select', 'usage'] }),
		steps: [
			sql(
				'BEGIN;\nALTER DEFAULT PRIVILEGES FOR ROLE "app" IN SCHEMA "public" REVOKE SELECT, USAGE ON SEQUENCES FROM "reporting";\nREVOKE USAGE ON SEQUENCE "public"."ids" FROM "reporting";\nCOMMIT;\n',
			),
		],
	},
	{
		title: 'refuses a privilege that there is not',
		args: { ...database, privileges: ['select'] },
		error: /there is no privilege "select" on a database: write some of connect, create, temporary/,
	},
	{
		title: 'refuses objects without a schema',
		args: { ...database, objects: 'tables', privileges: [] },
		error: /name it/,
	},
	{
		title: 'refuses names of nothing',
		args: { ...database, names: ['orders'] },
		error: /need `objects`/,
	},
]);
