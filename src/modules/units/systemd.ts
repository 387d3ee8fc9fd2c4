import * as z from 'zod';
import type { Reader } from '../../module/contract.ts';
import { impossible } from '../../module/impossible.ts';
import { stateModule } from '../../module/state-module.ts';
import { outdatedUnits } from './outdated-units.ts';
import { unitArguments } from './unit-arguments.ts';
import { type UnitState, unitState } from './unit-state.ts';
import { noSuchUnit, unitSteps, unitTriggers, wantedUnit } from './unit-steps.ts';
import { whyNotRunning } from './why-not-running.ts';

export default stateModule({
	name: 'systemd',
	summary: 'Ensure a systemd unit runs or is stopped, now and at boot; or restart or reload it.',
	args: z
		.strictObject({
			...unitArguments,
			masked: z
				.boolean()
				.optional()
				.describe('Whether starting it should be impossible. Left alone when not given.'),
			daemon_reload: z
				.boolean()
				.default(false)
				.describe(
					'Let systemd read changed unit files first. Does nothing when none has changed. Without `name`, this ' +
						'looks at all units.',
				),
			scope: z.literal('system').default('system').describe('Units of users are not supported.'),
		})
		.refine(
			({ name, daemon_reload, state, enabled, masked }) =>
				name !== undefined ||
				(daemon_reload && state === undefined && enabled === undefined && masked === undefined),
			{
				error: 'give the `name` of a unit; only `daemon_reload: true` can stand without one',
				path: ['name'],
			},
		)
		.refine(({ masked, state }) => !(masked === true && state !== undefined && state !== 'stopped'), {
			error: 'a masked unit cannot be started',
			path: ['state'],
		}),
	examples: [
		'systemd: {name: chrony, state: started, enabled: true}',
		'systemd: {name: nginx, state: reloaded}',
		'systemd: {name: g2p-backup.timer, state: started, enabled: true, daemon_reload: true}',
		'systemd: {daemon_reload: true}',
	],

	async current(args, host): Promise<UnitState | undefined> {
		const { name, daemon_reload } = args;
		const [unit, outdated] = await Promise.all([
			name === undefined ? {} : unitState(name, args, host),
			daemon_reload ? outdatedUnits(name ?? '*', host) : undefined,
		]);
		return unit && { ...unit, outdated: outdated && outdated.length > 0 };
	},

	desired: (args): UnitState => ({ ...wantedUnit(args), outdated: args.daemon_reload ? false : undefined }),

	create: ({ name }) => noSuchUnit(name ?? ''),
	update: ({ name }, { after, keys }) => unitSteps(name ?? '', after, keys),
	delete: () => impossible('a unit is removed with its package or its file'),
	triggers: ({ name, state }) => unitTriggers(name ?? '', state),
	reasons: async ({ name, state, daemon_reload }, host) => [
		...(daemon_reload ? await notRead(name ?? '*', host) : []),
		...(name === undefined || state === 'stopped' ? [] : await whyNotRunning(name, host)),
	],
});

async function notRead(pattern: string, host: Reader): Promise<readonly string[]> {
	const units = await outdatedUnits(pattern, host);
	return units.length === 0 ? [] : [`systemd has not read what the files of ${units.join(', ')} say now`];
}
