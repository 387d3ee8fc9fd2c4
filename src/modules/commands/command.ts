import * as z from 'zod';
import { actionModule } from '../../module/action-module.ts';
import { hostPath, secretText } from '../../module/arguments.ts';
import { inFolder } from '../../shell/combine.ts';
import { sh } from '../../shell/command.ts';
import { splitWords } from './split-words.ts';

export default actionModule({
	name: 'command',
	summary: 'Run a program, without a shell.',
	args: z
		.strictObject({
			cmd: z
				.string()
				.min(1)
				.optional()
				.describe('The program and its arguments, with quotes as in a shell; nothing else in it is special.'),
			argv: z
				.array(z.coerce.string())
				.nonempty()
				.optional()
				.describe('The same as a list of words, instead of `cmd`: needs no quotes.'),
			chdir: hostPath().optional().describe('Folder in which it runs.'),
			stdin: secretText()
				.optional()
				.describe('Its standard input. The place for a secret: words show in `ps`.'),
		})
		.refine(({ cmd, argv }) => (cmd === undefined) !== (argv === undefined), {
			error: 'write either `cmd` or `argv`',
			path: ['cmd'],
		}),
	freeForm: 'cmd',
	examples: [
		'command: systemctl daemon-reload',
		'command: {argv: [createdb, "odd name"], chdir: /var/lib/postgresql}',
		'command: {cmd: chpasswd -e, stdin: "{{ password_line }}"}',
	],
	effect: 'changes',
	async act({ cmd = '', argv, chdir, stdin }, host) {
		const program = sh`${argv ?? splitWords(cmd)}`;
		const command = stdin === undefined ? program : program.withInput(stdin);
		return {
			changed: true,
			output: await host.perform(chdir === undefined ? command : inFolder(chdir, command)),
		};
	},
});
