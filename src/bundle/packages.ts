import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Diagnostics } from '../diagnostics.ts';
import { UserError } from '../errors.ts';
import { isFolder } from '../playbook/search.ts';
import { isMap } from '../vars/kinds.ts';
import type { Vars } from '../vars/vars.ts';
import { readYaml } from '../yaml/read.ts';
import { folderOf, hostsOf, platformsOf, rolesOf, type Site, varsOf } from './role.ts';

/** Packages that roles install on one distribution. */
export type PackageList = {
	/** Such as `debian-12`. */
	readonly platform: string;
	/** Names with the roles that install them, sorted. */
	readonly packages: ReadonlyMap<string, readonly string[]>;
	/** What only a host can say. */
	readonly unknown: readonly string[];
};

/**
 * For each distribution that our roles are for, what they install there by name: of every task that may run, whatever its
 * condition. What these packages need themselves is for apt to know.
 */
export function packagesFor(site: Site): readonly PackageList[] {
	const roles = rolesOf(site).filter((role) => hostsOf(role, site).length > 0);
	const platforms = [...new Set(roles.flatMap((role) => platformsOf(role, site)))].sort();
	return platforms.map((platform) => {
		const found = new Map<string, Set<string>>();
		const unknown = new Set<string>();
		for (const role of roles.filter((name) => platformsOf(name, site).includes(platform))) {
			const { names, gaps } = packagesOf(role, platform, site);
			for (const name of names) {
				found.set(name, (found.get(name) ?? new Set()).add(role));
			}

			for (const gap of gaps) {
				unknown.add(`${role}: ${gap}`);
			}
		}

		return {
			platform,
			packages: new Map(
				[...found.keys()].sort().map((name) => [name, [...(found.get(name) ?? [])].sort()] as const),
			),
			unknown: [...unknown],
		};
	});
}

function packagesOf(role: string, platform: string, site: Site) {
	const names = new Set<string>();
	const gaps = new Set<string>();
	const [id = '', version = ''] = platform.split('-');
	const seen = { site, facts: { os: { family: 'debian', id, version } } };
	const written = installedBy(join(folderOf(role, site), 'tasks'));
	// Text that is the same everywhere needs no host.
	const fixed = written.filter((name): name is string => typeof name === 'string' && !name.includes('{{'));
	for (const name of fixed) {
		names.add(name);
	}

	const computed = written.filter((name) => !fixed.some((one) => one === name));
	for (const host of computed.length === 0 ? [] : hostsOf(role, site)) {
		const vars = varsOf(role, host, seen);
		for (const value of computed) {
			try {
				for (const name of textsIn(value, vars)) {
					names.add(name);
				}
			} catch (error) {
				if (!(error instanceof UserError)) {
					throw error;
				}

				gaps.add(error.message.split('\n', 1)[0] ?? '');
			}
		}
	}

	return { names, gaps };
}

const textsIn = (value: unknown, vars: Vars): readonly string[] =>
	[vars.render(value)].flat().filter((name): name is string => typeof name === 'string');

/** The names that tasks below a folder hand to apt, each as it is written. */
const installedBy = (folder: string): readonly unknown[] =>
	isFolder(folder)
		? readdirSync(folder, { recursive: true, encoding: 'utf8' })
				.filter((name) => /\.ya?ml$/.test(name))
				.flatMap((name) => namesIn(readYaml(join(folder, name), new Diagnostics())))
		: [];

function namesIn(value: unknown): readonly unknown[] {
	if (Array.isArray(value)) {
		return value.flatMap(namesIn);
	}

	if (!isMap(value)) {
		return [];
	}

	return Object.entries(value).flatMap(([key, inner]) =>
		['apt', 'package'].includes(key) && isMap(inner)
			? inner.state === 'absent'
				? []
				: [inner.name ?? []].flat()
			: namesIn(inner),
	);
}
