import * as z from 'zod';
import { actionModule } from '../../module/action-module.ts';
import { Secret } from '../../shell/secret.ts';

export default actionModule({
	name: 'debug',
	summary: 'Show a text or a value.',
	args: z.strictObject({
		msg: z.unknown().optional().describe('What to show; lists and maps are shown as JSON.'),
		var: z.string().optional().describe('A variable or CEL expression, shown with its value.'),
	}),
	freeForm: 'msg',
	examples: ['debug: {msg: "{{inventory_hostname}} has {{facts.memory_mb}} MiB"}', 'debug: {var: facts.os}'],
	effect: 'reads',
	async act({ msg = 'Hello world!', var: expression }, _host, run) {
		if (expression === undefined) {
			return { changed: false, message: show(msg), result: { msg } };
		}

		const value = run.evaluate(expression);
		return { changed: false, message: `${expression}: ${show(value)}`, result: { value } };
	},
});

const show = (value: unknown): string =>
	typeof value === 'string' || value instanceof Secret
		? String(value)
		: (JSON.stringify(value, undefined, 2) ?? String(value));
