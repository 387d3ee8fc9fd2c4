import postgresSetting from '../../../src/modules/postgres/postgres_setting.ts';
import { Secret } from '../../../src/shell/secret.ts';
import { psqlLine } from '../../rows/psql-line.ts';
import { stateRows } from '../../rows.ts';

const line = psqlLine();
const integer = {
	running: '16384',
	type: 'integer',
	unit: '8kB',
	context: 'postmaster',
	boot: '16384',
	file: null,
	own: null,
};
const host = (more = {}) => ({ commands: { [line]: JSON.stringify({ ...integer, ...more }) } });
const sql = (text: string) => ({
	step: `${line} (stdin: ${text.length} bytes)`,
	content: `${text}SELECT pg_reload_conf() IS NULL;\n`,
});
const set = (text: string) => ({ ...sql(text), step: `${line} (stdin: ${text.length + 33} bytes)` });
const text = { type: 'string', unit: null, context: 'sighup', running: '', boot: '' };

export default stateRows(postgresSetting, [
	{
		title: 'sets and lets the server read it',
		args: { name: 'Shared_Buffers', value: '4GB' },
		host: host(),
		steps: [set(`ALTER SYSTEM SET "shared_buffers" = '4GB';\n`)],
	},
	{
		title: 'compares across units with what the files say, and tells that a restart is due',
		args: { name: 'shared_buffers', value: '4GB' },
		host: host({ file: '4096 MB' }),
	},
	{
		title: 'takes the value that it has by nature',
		args: { name: 'shared_buffers', value: '128MB' },
		host: host(),
	},
	{
		title: 'compares times',
		args: { name: 'x', value: '1.5s' },
		host: host({ unit: 'ms', file: '1500' }),
	},
	{
		title: 'compares switches',
		args: { name: 'x', value: true },
		host: host({ type: 'bool', unit: null, file: 'yes' }),
	},
	{
		title: 'quotes each name of a list by itself',
		args: { name: 'shared_preload_libraries', value: ['pg_stat_statements', 'auto_explain'] },
		host: host(text),
		steps: [set(`ALTER SYSTEM SET "shared_preload_libraries" = 'pg_stat_statements', 'auto_explain';\n`)],
	},
	{
		title: 'knows such a list again',
		args: { name: 'shared_preload_libraries', value: 'a,b' },
		host: host({ ...text, file: 'a, "b"' }),
	},
	{
		title: 'quotes what is in a text',
		args: { name: 'archive_command', value: "cp '%p' \\x" },
		host: host(text),
		steps: [set(`ALTER SYSTEM SET "archive_command" =  E'cp ''%p'' \\\\x';\n`)],
	},
	{
		title: 'keeps a secret',
		args: { name: 'primary_conninfo', value: new Secret('password=x') },
		host: host({ ...text, file: 'password=y' }),
		steps: [`${line} (stdin: ••••••)`],
	},
	{
		title: 'takes back what it has set',
		args: { name: 'shared_buffers', state: 'absent' },
		host: host({ file: '4GB', own: '4GB' }),
		steps: [set('ALTER SYSTEM RESET "shared_buffers";\n')],
	},
	{
		title: 'leaves alone what stands in other files',
		args: { name: 'shared_buffers', state: 'absent' },
		host: host({ file: '4GB' }),
	},
	{ title: 'needs a value', args: { name: 'x' }, error: /needs a `value`/ },
]);
