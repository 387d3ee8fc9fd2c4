import * as z from 'zod';
import { actionModule } from '../../module/action-module.ts';

export default actionModule({
	name: 'meta',
	summary: 'Ask something of the run itself.',
	args: z.strictObject({
		action: z
			.enum([
				'flush_handlers',
				'end_play',
				'end_host',
				'clear_facts',
				'refresh_inventory',
				'reset_connection',
				'noop',
			])
			.describe(
				'`flush_handlers`: run the handlers that are due, now. `end_play`, `end_host`: nothing more of this play, on all ' +
					'hosts or on this one. `clear_facts`: gather them again when needed. `refresh_inventory`: read it again. ' +
					'`reset_connection`: log in again with the next task. `noop`: nothing.',
			),
	}),
	freeForm: 'action',
	examples: ['meta: flush_handlers', 'meta: end_host'],
	effect: 'reads',
	act: async ({ action }) => ({ changed: false, meta: action }),
});
