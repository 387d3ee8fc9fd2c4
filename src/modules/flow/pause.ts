import * as z from 'zod';
import { TaskFailed } from '../../errors.ts';
import { actionModule } from '../../module/action-module.ts';

export default actionModule({
	name: 'pause',
	summary: 'Wait for a time, or for a person.',
	args: z.strictObject({
		seconds: z.number().min(0).optional().describe('Seconds to wait.'),
		minutes: z.number().min(0).optional().describe('Minutes to wait.'),
		prompt: z.string().optional().describe('Ask this at the terminal, and wait for the answer.'),
		echo: z.boolean().default(true).describe('Show what the person types.'),
	}),
	examples: [
		'pause: {seconds: 10}',
		'pause: {prompt: "Has the firewall of the ministry been opened? (Enter)"}',
	],
	returns: { user_input: 'What the person typed.' },
	once: true,
	effect: 'waits',
	async act({ seconds, minutes, prompt, echo }, _host, run) {
		if (seconds !== undefined || minutes !== undefined) {
			await run.sleep((seconds ?? 0) + (minutes ?? 0) * 60);
			return { changed: false, message: prompt };
		}

		const answer = await run.prompt(prompt ?? 'Press Enter to go on', { echo });
		if (answer === undefined) {
			throw new TaskFailed('nobody is at a terminal to answer', {
				hint: 'run it in a terminal, or give `seconds`',
			});
		}

		return { changed: false, result: { user_input: answer } };
	},
});
