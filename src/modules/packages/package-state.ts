import type { Reader } from '../../module/contract.ts';
import { impossible } from '../../module/impossible.ts';
import { sequence, silencing } from '../../shell/combine.ts';
import { sh } from '../../shell/command.ts';
import type { PackageRequest, PackageSystem } from './package-arguments.ts';
import { installedProviders, newestVersions, remainingConfiguration } from './package-queries.ts';

/**
 * One key for each package that is asked for: `absent`, its version, or the word of the request when that is
 * fulfilled. Beside them what the commands need to know; names with `_` are no package names of Debian.
 */
export type PackageState = Readonly<Record<string, string | undefined>> & {
	readonly package_system?: string | undefined;
	/** `fresh`, `stale`, `none`; undefined when nobody needs to know. */
	readonly package_lists?: string | undefined;
	/** `some`, `none`; undefined when nobody needs to know. */
	readonly half_installed?: string | undefined;
};

type Wanted = { readonly spec: string; readonly name: string; readonly version?: string | undefined };

/** `nginx=1.22.*` in its parts. */
export function wantedPackage(spec: string): Wanted {
	const [name = spec, version] = spec.split('=');
	return { spec, name, version };
}

/** The word that stands for a fulfilled request. */
export const goal = ({ version }: Wanted, state: PackageRequest['state']): string =>
	state === 'present' || state === 'fixed' ? (version ?? 'present') : state;

export async function packageState(args: PackageRequest, host: Reader): Promise<PackageState> {
	const { os } = await host.facts();
	const system = packageSystem(os.family);
	const wanted = args.name.map(wantedPackage);
	const found = await Promise.all(wanted.map(async ({ name }) => host.package(name)));
	const versions = new Map(wanted.map(({ spec }, index) => [spec, found[index]?.version]));
	const missing = wanted.filter(({ spec }) => versions.get(spec) === undefined).map(({ name }) => name);
	const asked = async (when: boolean, query: () => Promise<ReadonlyMap<string, string>>) =>
		when ? query() : new Map<string, string>();
	const [provided, left, newest] = await Promise.all([
		asked(system === 'apt' && args.state !== 'absent' && missing.length > 0, () =>
			installedProviders(missing, host),
		),
		asked(system === 'apt' && args.purge === true && missing.length > 0, () =>
			remainingConfiguration(missing, host),
		),
		asked(args.state === 'latest' && wanted.length > 0, () =>
			newestVersions(
				system,
				wanted.map(({ name }) => name),
				host,
			),
		),
	]);

	const states = Object.fromEntries(
		wanted.map((one) => {
			const version = versions.get(one.spec) ?? provided.get(one.name) ?? left.get(one.name);
			return [one.name, describe(one, args.state, version, newest.get(one.name))];
		}),
	);
	const needed = args.state === 'fixed' || wanted.some((one) => states[one.name] !== goal(one, args.state));
	const curious =
		args.state !== 'absent' &&
		(needed || (args.update_cache && (args.state === 'latest' || wanted.length === 0)));
	const apt =
		system === 'apt' && (needed || curious) ? await aptState(args.cache_valid_time, host) : undefined;
	return {
		...states,
		package_system: system,
		package_lists: curious ? apt?.package_lists : undefined,
		half_installed: apt?.half_installed,
	};
}

function describe(
	wanted: Wanted,
	state: PackageRequest['state'],
	version: string | undefined,
	newest: string | undefined,
): string {
	if (version === undefined) {
		return 'absent';
	}

	switch (state) {
		case 'absent':
			return version;
		case 'latest':
			return newest === undefined || newest === version ? 'latest' : version;
		case 'present':
		case 'fixed':
			return wanted.version === undefined
				? 'present'
				: matches(version, wanted.version)
					? wanted.version
					: version;
	}
}

/** `*` stands for anything. */
const matches = (version: string, pattern: string): boolean =>
	new RegExp(
		`^${pattern
			.split('*')
			.map((text) => text.replace(/[\\^$.+?()[\]{}|]/g, '\\$&'))
			.join('.*')}$`,
	).test(version);

const packageSystem = (family: string): PackageSystem =>
	family === 'debian'
		? 'apt'
		: family === 'redhat'
			? 'dnf'
			: impossible(`no packages for hosts of the family ${family}`, 'Debian, Ubuntu and Red Hat are known');

/** How old the lists are, and whether dpkg was interrupted: apt-get refuses all work until that is completed. */
async function aptState(
	seconds: number,
	host: Reader,
): Promise<Pick<PackageState, 'package_lists' | 'half_installed'>> {
	const lists = '/var/lib/apt/lists';
	// At least a minute, so that lists that were fetched just now count as fresh.
	const minutes = Math.max(1, Math.ceil(seconds / 60));
	const { stdout } = await host.read(
		silencing(
			sequence(
				sh`find ${lists} -maxdepth 1 -name ${'*Release'} -print -quit`,
				sh`find ${lists} -maxdepth 0 -mmin ${`-${minutes}`}`,
				sh`find /var/lib/dpkg/updates -name ${'[0-9]*'}`,
				sh`dpkg --audit`,
			),
		),
		{ ok: [0, 1] },
	);
	const lines = stdout.split('\n').filter((line) => line !== '');
	const isRelease = (line: string): boolean => line.startsWith(`${lists}/`);
	const isFresh = lines.includes(lists);
	return {
		package_lists: !lines.some(isRelease) ? 'none' : isFresh ? 'fresh' : 'stale',
		half_installed: lines.some((line) => line !== lists && !isRelease(line)) ? 'some' : 'none',
	};
}
