import * as z from 'zod';
import { TaskFailed } from '../../errors.ts';
import { actionModule } from '../../module/action-module.ts';
import { hostPath } from '../../module/arguments.ts';

export default actionModule({
	name: 'slurp',
	summary: 'Read a small file of the host into the result, in base64.',
	args: z.strictObject({ src: hostPath().describe('The file; `fetch` is for large ones.') }),
	freeForm: 'src',
	examples: ['slurp: {src: /etc/machine-id}'],
	returns: {
		content: 'The bytes in base64: `b64decode` in CEL gives the text.',
		encoding: 'Always base64.',
		source: 'The path.',
	},
	effect: 'reads',
	async act({ src }, host) {
		const content = await host.content(src);
		if (content === undefined) {
			throw new TaskFailed(`there is no file ${src} on the host`);
		}

		return {
			changed: false,
			result: { content: content.toString('base64'), encoding: 'base64', source: src },
		};
	},
});
