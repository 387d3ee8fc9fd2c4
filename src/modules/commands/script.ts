import { open } from 'node:fs/promises';
import * as z from 'zod';
import { actionModule } from '../../module/action-module.ts';
import { hostPath } from '../../module/arguments.ts';
import { impossible } from '../../module/impossible.ts';
import { splitWords } from './split-words.ts';

export default actionModule({
	name: 'script',
	summary: 'Run a script of the controller on the host.',
	args: z.strictObject({
		cmd: z
			.string()
			.min(1)
			.describe('The script, in the `files` folder of the role or beside the playbook, and its arguments.'),
		executable: z
			.string()
			.optional()
			.describe('Its interpreter; by default what its first line names, else /bin/sh.'),
		chdir: hostPath().optional().describe('Folder in which it runs.'),
	}),
	freeForm: 'cmd',
	examples: [
		'script: measure-disk.sh /var/lib',
		'script: {cmd: report.py --short, executable: /usr/bin/python3}',
	],
	effect: 'changes',
	async act({ cmd, executable, chdir }, host, run) {
		const [src = impossible('there is no script in `cmd`'), ...words] = splitWords(cmd);
		const text = await run.file(src);
		const interpreter = executable === undefined ? await firstLineOf(text.path) : splitWords(executable);
		return {
			changed: true,
			output: await host.perform({ kind: 'script', text, interpreter, arguments: words, chdir }),
		};
	},
});

/** The interpreter that `#!` names; undefined without one. Linux passes everything behind the path as one word. */
async function firstLineOf(path: string): Promise<readonly string[] | undefined> {
	const file = await open(path);
	try {
		const { buffer, bytesRead } = await file.read(Buffer.alloc(256), 0, 256, 0);
		const [, interpreter, argument] =
			/^#!\s*(\S+)(?:[ \t]+([^\n]*\S))?/.exec(buffer.subarray(0, bytesRead).toString('latin1')) ?? [];
		return interpreter === undefined
			? undefined
			: argument === undefined
				? [interpreter]
				: [interpreter, argument];
	} finally {
		await file.close();
	}
}
