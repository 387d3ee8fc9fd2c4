import type { Step } from '../../module/contract.ts';
import type { Brought } from '../../module/host-state.ts';
import { option, sh, type Word } from '../../shell/command.ts';
import { aptGet, completePackages, refreshLists } from './apt-get.ts';
import type { PackageRequest } from './package-arguments.ts';
import { goal, type PackageState, wantedPackage } from './package-state.ts';

export type AptOptions = {
	readonly install_recommends?: boolean | undefined;
	readonly default_release?: string | undefined;
	readonly allow_downgrade?: boolean | undefined;
	readonly allow_change_held_packages?: boolean | undefined;
	readonly autoremove?: boolean | undefined;
};

/** What should be. */
export const wantedPackages = ({ name, state, update_cache }: PackageRequest): PackageState => ({
	...Object.fromEntries(name.map(wantedPackage).map((one) => [one.name, goal(one, state)])),
	// Whether something is the latest is known from fresh lists only.
	package_lists: update_cache && (name.length === 0 || state === 'latest') ? 'fresh' : undefined,
	half_installed: state === 'fixed' ? 'none' : undefined,
});

export const broughtPackages = ({ name, state }: PackageRequest): Brought => ({
	packages: state === 'absent' ? [] : name.map((spec) => wantedPackage(spec).name),
});

/** The commands for the packages that differ. */
export function* packageSteps(
	args: PackageRequest & AptOptions,
	before: PackageState,
	keys: ReadonlySet<string>,
): Iterable<Step> {
	const { state, update_cache } = args;
	const stale = keys.has('package_lists');
	// With lists that were not fresh nobody knows which of them are the latest.
	const names = args.name.filter(
		(spec) => keys.has(wantedPackage(spec).name) || (stale && state === 'latest'),
	);
	if (before.package_system === 'dnf') {
		yield* dnfSteps(names, args);
		return;
	}

	if (stale || before.package_lists === 'none' || (update_cache && before.package_lists === 'stale')) {
		yield refreshLists();
	}

	if (before.half_installed === 'some' && (names.length > 0 || keys.has('half_installed'))) {
		yield completePackages();
	}

	if (names.length > 0) {
		yield state === 'absent'
			? aptGet(args.purge ? 'purge' : 'remove', args.autoremove && '--auto-remove', names)
			: aptGet('install', installOptions(args), names);
	}
}

const installOptions = (args: AptOptions): Word => [
	args.install_recommends !== undefined &&
		(args.install_recommends ? '--install-recommends' : '--no-install-recommends'),
	option('--target-release', args.default_release),
	args.allow_downgrade && '--allow-downgrades',
	args.allow_change_held_packages && '--allow-change-held-packages',
];

function* dnfSteps(names: readonly string[], { state, update_cache }: PackageRequest): Iterable<Step> {
	// dnf knows versions as NAME-VERSION, and no patterns with `=`.
	const packages = names.map((spec) => spec.replace('=', '-'));
	if (packages.length > 0) {
		const verb = state === 'absent' ? 'remove' : 'install';
		yield sh`dnf --assumeyes --quiet ${update_cache && state !== 'absent' && '--refresh'} ${state === 'latest' && '--best'} ${verb} ${packages}`;
	}
}
