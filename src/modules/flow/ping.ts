import * as z from 'zod';
import { actionModule } from '../../module/action-module.ts';
import { sh } from '../../shell/command.ts';

export default actionModule({
	name: 'ping',
	summary: 'See whether the host can be reached and a shell answers.',
	args: z.strictObject({ data: z.string().default('pong').describe('What the result says under `ping`.') }),
	freeForm: 'data',
	examples: ['ping: {}', 'ping: hello'],
	returns: { ping: 'The text of `data`.' },
	effect: 'reads',
	async act({ data }, host) {
		await host.read(sh`true`);
		return { changed: false, message: data, result: { ping: data } };
	},
});
