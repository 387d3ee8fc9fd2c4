import postgresDatabase from '../../../src/modules/postgres/postgres_database.ts';
import { psqlLine } from '../../rows/psql-line.ts';
import { stateRows } from '../../rows.ts';

const line = psqlLine();
const found = JSON.stringify({ owner: 'app', encoding: 'UTF8', locale: 'C.UTF-8', connection_limit: -1 });
const host = { commands: { [line]: found } };
const sql = (text: string) => ({ step: `${line} (stdin: ${text.length} bytes)`, content: text });

export default stateRows(postgresDatabase, [
	{
		title: 'creates from the empty template when it is to differ from the usual one',
		args: { name: 'app', owner: 'app', encoding: 'UTF8', locale: 'C.UTF-8', connection_limit: 9 },
		host: { commands: { [line]: '' } },
		steps: [
			sql(
				`CREATE DATABASE "app" OWNER "app" TEMPLATE "template0" ENCODING 'UTF8' LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8' CONNECTION LIMIT 9;\n`,
			),
		],
	},
	{
		title: 'creates from what is given',
		args: { name: 'app', template: 'gis' },
		host: { commands: { [line]: '' } },
		steps: [sql('CREATE DATABASE "app" TEMPLATE "gis";\n')],
	},
	{ title: 'reads other spellings', args: { name: 'app', encoding: 'utf-8', locale: 'C.utf8' }, host },
	{
		title: 'changes what can be changed',
		args: { name: 'app', owner: 'ops', connection_limit: 5 },
		host,
		steps: [sql('ALTER DATABASE "app" OWNER TO "ops";\nALTER DATABASE "app" CONNECTION LIMIT 5;\n')],
	},
	{
		title: 'says what cannot be changed',
		args: { name: 'app', encoding: 'LATIN1' },
		host,
		error: /encoding of database app is UTF8 and cannot become LATIN1\n.*restore/,
	},
	{ title: 'drops', args: { name: 'app', state: 'absent' }, host, steps: [sql('DROP DATABASE "app";\n')] },
	{
		title: 'drops while it is used when told so',
		args: { name: 'app', state: 'absent', force: true },
		host,
		steps: [sql('DROP DATABASE "app" WITH (FORCE);\n')],
	},
]);
