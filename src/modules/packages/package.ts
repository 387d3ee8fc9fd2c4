import * as z from 'zod';
import { impossible } from '../../module/impossible.ts';
import { stateModule } from '../../module/state-module.ts';
import { packageArguments } from './package-arguments.ts';
import { packageState } from './package-state.ts';
import { broughtPackages, packageSteps, wantedPackages } from './package-steps.ts';

export default stateModule({
	name: 'package',
	summary: 'Ensure packages are installed, or are not, with the package system of the host.',
	args: z.strictObject(packageArguments),
	examples: [
		'package: {name: [curl, jq]}',
		'package: {name: nginx, state: latest, update_cache: true}',
		'package: {name: telnetd, state: absent}',
	],
	finishes: true,

	current: packageState,
	desired: wantedPackages,
	brings: broughtPackages,
	create: () => impossible('packages are compared one by one'),
	update: (args, { before, keys }) => packageSteps(args, before, keys),
	delete: () => impossible('packages are compared one by one'),
});
