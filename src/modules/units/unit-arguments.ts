import * as z from 'zod';

/** The arguments that `systemd` and `service` share. */
export const unitArguments = {
	name: z.string().min(1).optional().describe('Name of the unit; `.service` may be left out.'),
	state: z
		.enum(['started', 'stopped', 'restarted', 'reloaded'])
		.optional()
		.describe(
			'`started` and `stopped` do nothing when it is so already; `restarted` and `reloaded` always act, so they ' +
				'belong into handlers. Left alone when not given.',
		),
	enabled: z
		.boolean()
		.optional()
		.describe(
			'Whether it should start at boot. A static or generated unit is neither. Left alone when not given.',
		),
};
