import waitFor from '../../../src/modules/commands/wait_for.ts';
import { actionRows } from '../../rows.ts';

const port = `if command -v bash >/dev/null 2>&1; then timeout 5 bash -c 'exec 3<>"/dev/tcp/$0/$1"' 127.0.0.1 5432 2>/dev/null; else nc -z -w 5 127.0.0.1 5432; fi`;
const greeting = `if command -v bash >/dev/null 2>&1; then timeout 2 bash -c 'exec 3<>"/dev/tcp/$0/$1" && timeout 2 grep -Eq -e SSH-2 <&3' 127.0.0.1 22 2>/dev/null; else nc -z -w 2 127.0.0.1 22; fi`;

export default actionRows(waitFor, [
	{
		title: 'is content with an open port',
		args: { port: 5432 },
		host: { commands: { [port]: '' } },
		steps: [port],
		outcome: { changed: false },
	},
	{
		title: 'waits for what a port says first',
		args: { port: 22, search_regex: 'SSH-2', connect_timeout: 2 },
		host: {
			commands: {
				[greeting]: '',
			},
		},
		steps: [
			`if command -v bash >/dev/null 2>&1; then timeout 2 bash -c 'exec 3<>"/dev/tcp/$0/$1" && timeout 2 grep -Eq -e SSH-2 <&3' 127.0.0.1 22 2>/dev/null; else nc -z -w 2 127.0.0.1 22; fi`,
		],
	},
	{
		title: 'waits for it to close',
		args: { port: 5432, state: 'stopped' },
		host: { commands: { [port]: { code: 1 } } },
		steps: [port],
	},
	{
		title: 'gives up',
		args: { port: 5432, timeout: 0.5 },
		host: { commands: { [port]: { code: 1 } } },
		error: /port 5432 of 127.0.0.1 not there after 0.5 s/,
	},
	{
		title: 'waits for a file',
		args: { path: '/a b' },
		host: { commands: { "test -e '/a b'": '' } },
		steps: ["test -e '/a b'"],
	},
	{
		title: 'waits for a text in a file',
		args: { path: '/a', search_regex: 'x|y', delay: 3 },
		host: { commands: { "grep -Eqs -e 'x|y' /a": '' } },
		steps: ['sleep 3 s', "grep -Eqs -e 'x|y' /a"],
	},
	{
		title: 'says which program is missing',
		args: { port: 5432 },
		host: { commands: { [port]: { code: 127 } } },
		error: /no program to look with/,
	},
	{ title: 'needs something to wait for', args: {}, error: /nothing to wait for/ },
]);
