import * as z from 'zod';
import { TaskFailed } from '../../errors.ts';
import { actionModule } from '../../module/action-module.ts';

export default actionModule({
	name: 'fail',
	summary: 'Fail on purpose, with a reason.',
	args: z.strictObject({
		msg: z.string().default('failed as the playbook says').describe('Why, and what to do next.'),
		refuse: z
			.boolean()
			.default(false)
			.describe(
				'The run must not begin: its exit code is 5, as for bad input, unless something was changed before.',
			),
	}),
	freeForm: 'msg',
	examples: [
		'fail: {msg: "rke2_token is not set: run g2pbook secret set rke2_token"}',
		'fail: {msg: "three servers or one, not two", refuse: true}',
	],
	effect: 'reads',
	act: async ({ msg, refuse }) => {
		throw new TaskFailed(msg, { result: refuse ? { refused: true } : {} });
	},
});
