import postgresHba from '../../../src/modules/postgres/postgres_hba.ts';
import { psqlLine } from '../../rows/psql-line.ts';
import { stateRows } from '../../rows.ts';

const path = '/etc/postgresql/15/main/pg_hba.conf';
const base = '# by hand\nlocal all postgres peer\n';
const host = (text: string, in_force = true) => ({
	files: { [path]: text },
	commands: { [psqlLine()]: JSON.stringify({ hba_file: path, in_force }) },
});
const steps = (content: string) => [
	`cp -p ${path} ${path}.before-g2pbook`,
	{ step: `upload ${path} (${content.length} bytes)`, content },
	`touch ${path}`,
	`script: : let PostgreSQL read ${path}, or put the old one back …`,
];
const block = (owner: string, ...lines: string[]) =>
	[`# BEGIN g2pbook: ${owner}`, ...lines, `# END g2pbook: ${owner}`, ''].join('\n');
const line =
	'hostssl app             app,ops         192.0.2.0/24            scram-sha-256 clientcert=verify-ca # it';
const rule = {
	type: 'hostssl' as const,
	database: 'app',
	user: ['app', 'ops'],
	address: '192.0.2.0/24',
	method: 'scram-sha-256',
	options: { clientcert: 'verify-ca' },
	comment: 'it',
};

export default stateRows(postgresHba, [
	{
		title: 'puts its block at the top, because the first rule that fits decides',
		args: { rules: [rule] },
		host: host(base),
		steps: steps(block('g2pbook', line) + base),
	},
	{
		title: 'lets the server read what it has not read yet',
		args: { rules: [rule] },
		host: host(block('g2pbook', line) + base, false),
		steps: steps(block('g2pbook', line) + base),
	},
	{ title: 'is content with its block', args: { rules: [rule] }, host: host(base + block('g2pbook', line)) },
	{
		title: 'changes its own block only, where it stands',
		args: { owner: 'b', rules: [{ type: 'local', user: 'odd name', method: 'peer' }] },
		host: host(block('a', 'x') + block('b', 'y') + base),
		steps: steps(
			block('a', 'x') +
				block('b', 'local   all             "odd name"                              peer') +
				base,
		),
	},
	{
		title: 'quotes the name of a group, and not its sign',
		args: { owner: 'b', rules: [{ type: 'local', user: ['+odd name', '+it'], method: 'peer' }] },
		host: host(block('b', 'y') + base),
		steps: steps(block('b', 'local   all             +"odd name",+it                         peer') + base),
	},
	{
		title: 'takes its block away',
		args: { owner: 'a', state: 'absent' },
		host: host(block('a', 'x') + base),
		steps: steps(base),
	},
	{
		title: 'can be the whole file',
		args: { exclusive: true, rules: [rule] },
		host: host(base),
		steps: steps(block('g2pbook', line)),
	},
	{
		title: 'wants an address',
		args: { rules: [{ type: 'host', method: 'trust' }] },
		error: /needs an `address`/,
	},
	{
		title: 'asks the server where its file is, and fails with what psql says when there is none',
		args: { rules: [rule] },
		host: { commands: { [psqlLine()]: { code: 127 } } },
		steps: [`${psqlLine()} (stdin: 42 bytes)`],
	},
	{
		title: 'needs nothing of a server that is not there yet, without rules',
		args: { rules: [] },
		host: { commands: { [psqlLine()]: { code: 127 } } },
	},
]);
