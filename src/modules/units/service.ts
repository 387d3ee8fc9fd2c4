import * as z from 'zod';
import { impossible } from '../../module/impossible.ts';
import { stateModule } from '../../module/state-module.ts';
import { unitArguments } from './unit-arguments.ts';
import { unitState } from './unit-state.ts';
import { noSuchUnit, unitSteps, unitTriggers, wantedUnit } from './unit-steps.ts';
import { whyNotRunning } from './why-not-running.ts';

export default stateModule({
	name: 'service',
	summary: 'Ensure a service runs or is stopped, now and at boot; `systemd` can do more.',
	args: z.strictObject({
		...unitArguments,
		name: unitArguments.name.unwrap().describe('Name of the service.'),
	}),
	examples: [
		'service: {name: chrony, state: started, enabled: true}',
		'service: {name: nginx, state: restarted}',
	],

	current: (args, host) => unitState(args.name, args, host),
	desired: (args) => wantedUnit(args),

	create: ({ name }) => noSuchUnit(name),
	update: ({ name }, { after, keys }) => unitSteps(name, after, keys),
	delete: () => impossible('a service is removed with its package or its unit file'),
	triggers: ({ name, state }) => unitTriggers(name, state),
	reasons: async ({ name, state }, host) => (state === 'stopped' ? [] : whyNotRunning(name, host)),
});
