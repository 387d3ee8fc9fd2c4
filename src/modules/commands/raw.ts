import * as z from 'zod';
import { actionModule } from '../../module/action-module.ts';
import { Command } from '../../shell/command.ts';

export default actionModule({
	name: 'raw',
	summary: 'Run a shell line just as it is.',
	args: z.strictObject({
		cmd: z.string().min(1).describe('The line. It shows in `ps`: no place for a secret.'),
	}),
	freeForm: 'cmd',
	examples: ['raw: command -v python3 || apt-get install -y python3'],
	effect: 'changes',
	act: async ({ cmd }, host) => ({ changed: true, output: await host.perform(new Command(cmd)) }),
});
