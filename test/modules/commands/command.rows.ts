import command from '../../../src/modules/commands/command.ts';
import { actionRows } from '../../rows.ts';

export default actionRows(command, [
	{
		title: 'runs a program',
		args: { cmd: 'systemctl daemon-reload' },
		host: { commands: { 'systemctl daemon-reload': '' } },
		steps: ['systemctl daemon-reload'],
		outcome: { changed: true },
	},
	{
		title: 'keeps odd words whole',
		args: { argv: ['echo', 'a b', '$HOME'] },
		host: { commands: { "echo 'a b' '$HOME'": '' } },
		steps: ["echo 'a b' '$HOME'"],
	},
	{
		title: 'splits words as a shell does, and expands nothing',
		args: { cmd: `printf '%s' "a \\"b\\"" c\\ d *` },
		host: { commands: { "printf %s 'a \"b\"' 'c d' '*'": '' } },
		steps: ["printf %s 'a \"b\"' 'c d' '*'"],
	},
	{
		title: 'runs in a folder',
		args: { cmd: 'ls', chdir: '/var/my lib' },
		host: { commands: { "cd '/var/my lib' && { ls; }": '' } },
		steps: ["cd '/var/my lib' && { ls; }"],
	},
	{
		title: 'gives an input',
		args: { cmd: 'chpasswd -e', stdin: 'a:b\n' },
		host: { commands: { 'chpasswd -e (stdin: 4 bytes)': '' } },
		steps: [{ step: 'chpasswd -e (stdin: 4 bytes)', content: 'a:b\n' }],
	},
	{ title: 'an open quote is a mistake', args: { cmd: "echo 'a" }, error: /the quote ' .* is not closed/ },
	{ title: 'needs a program', args: {}, error: /either `cmd` or `argv`/ },
]);
