import * as z from 'zod';
import { impossible } from '../../module/impossible.ts';
import { stateModule } from '../../module/state-module.ts';
import { packageArguments } from './package-arguments.ts';
import { packageState } from './package-state.ts';
import { broughtPackages, packageSteps, wantedPackages } from './package-steps.ts';

export default stateModule({
	name: 'apt',
	summary: 'Ensure Debian packages are installed, or are not.',
	args: z.strictObject({
		...packageArguments,
		state: z
			.enum(['present', 'absent', 'latest', 'fixed'])
			.default('present')
			.describe(
				'`latest`: the newest version that the lists of the host know; `fixed`: present, and no package of the ' +
					'host is half installed, as a loss of power leaves them (the others mend that when they have something to do).',
			),
		install_recommends: z
			.boolean()
			.optional()
			.describe('Whether recommended packages come along. As the host is set up when not given.'),
		purge: z.boolean().default(false).describe('With `state: absent`: remove configuration files too.'),
		autoremove: z
			.boolean()
			.default(false)
			.describe('With `state: absent`: remove packages that nobody needs any more.'),
		default_release: z.string().optional().describe('Release to prefer, such as `bookworm-backports`.'),
		allow_downgrade: z
			.boolean()
			.default(false)
			.describe('Let `NAME=VERSION` put an older version in place of a newer one.'),
		allow_change_held_packages: z.boolean().default(false).describe('Change packages that are on hold.'),
	}),
	examples: [
		'apt: {name: [nginx, curl], update_cache: true, cache_valid_time: 86400}',
		'apt: {name: "postgresql-16=16.*", install_recommends: false}',
		'apt: {name: telnetd, state: absent, purge: true}',
		'apt: {update_cache: true}',
		'apt: {state: fixed}',
	],
	finishes: true,

	current: packageState,
	desired: wantedPackages,
	brings: broughtPackages,
	create: () => impossible('packages are compared one by one'),
	update: (args, { before, keys }) => packageSteps(args, before, keys),
	delete: () => impossible('packages are compared one by one'),
});
