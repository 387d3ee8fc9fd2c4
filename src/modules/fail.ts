import * as z from 'zod';
import { TaskFailed } from '../errors.ts';
import { actionModule } from '../module/action-module.ts';

export default actionModule({
	name: 'fail',
	summary: 'Fail on purpose, with a reason.',
	args: z.strictObject({
		msg: z.string().default('failed as the playbook says').describe('Why, and what to do next.'),
	}),
	freeForm: 'msg',
	examples: ['fail: {msg: "rke2_token is not set: run g2pbook secret set rke2_token"}'],
	effect: 'reads',
	act: async ({ msg }) => {
		throw new TaskFailed(msg);
	},
});
