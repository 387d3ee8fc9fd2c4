import * as z from 'zod';
import { TaskFailed } from '../../errors.ts';
import { actionModule } from '../../module/action-module.ts';

const condition = z.union([z.string(), z.boolean()]);

export default actionModule({
	name: 'assert',
	summary: 'Fail unless all conditions hold.',
	args: z.strictObject({
		that: z
			.union([condition.transform((one) => [one]), z.array(condition).nonempty()])
			.describe('A CEL condition, or a list of them.'),
		fail_msg: z.string().optional().describe('Why it matters and what to do, when one does not hold.'),
		msg: z.string().optional().describe('The same as `fail_msg`.'),
		success_msg: z.string().optional().describe('Shown when all hold.'),
		quiet: z.boolean().default(false).describe('Show nothing when all hold.'),
	}),
	examples: [
		'assert: {that: facts.memory_mb >= 8000, fail_msg: "a compute node needs 8 GB of memory"}',
		'assert: {that: ["facts.os.id == \'debian\'", "facts.cpus >= 4"]}',
	],
	returns: { assertion: 'The first condition that does not hold.' },
	effect: 'reads',
	async act({ that, fail_msg, msg, success_msg, quiet }, _host, run) {
		for (const assertion of that) {
			const value = typeof assertion === 'boolean' ? assertion : run.evaluate(assertion);
			if (typeof value !== 'boolean') {
				throw new TaskFailed(`\`${String(assertion)}\` is ${JSON.stringify(value)}, not true or false`, {
					hint: 'an assertion is a comparison, such as `facts.cpus >= 4`',
				});
			}

			if (!value) {
				const reason = fail_msg ?? msg;
				throw new TaskFailed(reason ?? `\`${String(assertion)}\` does not hold`, {
					hint: reason === undefined ? undefined : `\`${String(assertion)}\` does not hold`,
					result: { assertion: String(assertion) },
				});
			}
		}

		return { changed: false, message: quiet ? undefined : success_msg };
	},
});
