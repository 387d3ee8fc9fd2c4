import postgresExtension from '../../../src/modules/postgres/postgres_extension.ts';
import { psqlLine } from '../../rows/psql-line.ts';
import { stateRows } from '../../rows.ts';

const line = psqlLine('app');
const host = { commands: { [line]: JSON.stringify({ version: '1.6', schema: 'public', newest: '1.8' }) } };
const none = { commands: { [line]: '' } };
const sql = (text: string) => ({ step: `${line} (stdin: ${text.length} bytes)`, content: text });
const args = { name: 'hstore', database: 'app' };

export default stateRows(postgresExtension, [
	{
		title: 'creates',
		args: { ...args, schema: 'ext', version: '1.7', cascade: true },
		host: none,
		steps: [sql(`CREATE EXTENSION "hstore" SCHEMA "ext" VERSION '1.7' CASCADE;\n`)],
	},
	{
		title: 'creates the newest',
		args: { ...args, version: 'latest' },
		host: none,
		steps: [sql('CREATE EXTENSION "hstore";\n')],
	},
	{ title: 'is content with any version', args, host },
	{
		title: 'updates',
		args: { ...args, version: 'latest' },
		host,
		steps: [sql('ALTER EXTENSION "hstore" UPDATE;\n')],
	},
	{
		title: 'updates and moves together',
		args: { ...args, version: '1.7', schema: 'ext' },
		host,
		steps: [
			sql(
				`BEGIN;\nALTER EXTENSION "hstore" UPDATE TO '1.7';\nALTER EXTENSION "hstore" SET SCHEMA "ext";\nCOMMIT;\n`,
			),
		],
	},
	{ title: 'drops', args: { ...args, state: 'absent' }, host, steps: [sql('DROP EXTENSION "hstore";\n')] },
	{
		title: 'would create in a database that is not there yet',
		args,
		host: {
			commands: {
				[line]: { code: 2, stderr: 'FATAL:  Datenbank »app« existiert nicht' },
				'pg_isready --quiet': '',
				[psqlLine()]: 'f\n',
			},
		},
		steps: [sql('CREATE EXTENSION "hstore";\n')],
	},
]);
