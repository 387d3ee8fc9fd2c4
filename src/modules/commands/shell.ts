import * as z from 'zod';
import { actionModule } from '../../module/action-module.ts';
import { hostPath, secretText } from '../../module/arguments.ts';

export default actionModule({
	name: 'shell',
	summary: 'Run a shell script, given as text.',
	args: z.strictObject({
		cmd: secretText().describe('The script. It is never an argument of a process, so it may hold a secret.'),
		chdir: hostPath().optional().describe('Folder in which it runs.'),
		executable: hostPath().default('/bin/sh').describe('The shell.'),
		stdin: secretText().optional().describe('Standard input of the script.'),
	}),
	freeForm: 'cmd',
	examples: [
		'shell: pg_dump -Fc g2p | gzip > /var/backups/g2p.gz',
		'shell: {cmd: "set -o pipefail; rke2 --version | head -1", executable: /bin/bash}',
	],
	effect: 'changes',
	async act({ cmd, chdir, executable, stdin }, host) {
		return {
			changed: true,
			output: await host.perform({
				kind: 'script',
				text: cmd,
				interpreter: [executable],
				chdir,
				input: stdin,
			}),
		};
	},
});
