import { join } from 'node:path';
import { Diagnostics } from '../diagnostics.ts';
import { BadInput } from '../errors.ts';
import type { Inventory, InventoryHost } from '../inventory/types.ts';
import { roleFolder, roleNames, variableFiles, yamlFile } from '../playbook/search.ts';
import { dots, Secret } from '../shell/secret.ts';
import { isMap } from '../vars/kinds.ts';
import type { Layer } from '../vars/types.ts';
import { Vars } from '../vars/vars.ts';
import { readYaml } from '../yaml/read.ts';

/** Where values come from. */
export type Site = {
	/** Without one, everything is for a host that nothing is said of. */
	readonly inventory: Inventory | undefined;
	readonly extraVars: Readonly<Record<string, unknown>>;
	/** Where roles are looked for, first to last. */
	readonly roleFolders: readonly string[];
	/** What was read of roles, by file. */
	readonly read: Map<string, Readonly<Record<string, unknown>>>;
};

const somebody: InventoryHost = { name: 'any host', groups: [], layers: [], variables: {} };

/** All roles that there are. */
export const rolesOf = ({ roleFolders }: Site): readonly string[] => roleNames(roleFolders);

/** The hosts that a role is for, by the groups in its meta/main.yml. */
export function hostsOf(role: string, site: Site): readonly InventoryHost[] {
	const { inventory } = site;
	if (inventory === undefined) {
		return [somebody];
	}

	const groups = String(metaOf(role, site).hosts ?? 'all').split(':');
	const names = new Set(groups.flatMap((group) => inventory.groups.get(group)?.hosts ?? []));
	return [...inventory.hosts.values()].filter(({ name }) => names.has(name));
}

/** Names of the distributions that roles are for. */
export const platformsOf = (role: string, site: Site): readonly string[] =>
	[metaOf(role, site).platforms ?? []].flat().map(String);

/** The variables that the tasks of a role see on a host that nobody has asked for facts. */
export function varsOf(
	role: string,
	host: InventoryHost,
	{ site, facts }: { readonly site: Site; readonly facts: Readonly<Record<string, unknown>> },
	over: Readonly<Record<string, unknown>> = {},
): Vars {
	const { inventory, extraVars } = site;
	return new Vars(
		[
			...layersOf(role, site),
			...host.layers,
			{ kind: 'facts', origin: 'facts', values: { facts }, literal: true },
			{ kind: 'extra vars', origin: '-e', values: extraVars },
			{ kind: 'extra vars', origin: 'g2pbook bundle', values: over },
			{
				kind: 'magic',
				origin: 'g2pbook',
				literal: true,
				values: {
					inventory_hostname: host.name,
					group_names: host.groups,
					groups: Object.fromEntries(
						[...(inventory?.groups.values() ?? [])].map(({ name, hosts }) => [name, hosts]),
					),
				},
			},
		],
		// No file has a secret in its name: none is opened.
		{ secrets: { get: () => new Secret(dots) }, folder: inventory?.folder },
	);
}

/** What a role and those that it depends on say of variables. */
function layersOf(role: string, site: Site): readonly Layer[] {
	const dependencies = [metaOf(role, site).dependencies ?? []].flat();
	return [
		...dependencies
			.map((entry) => String(isMap(entry) ? (entry.role ?? entry.name) : entry))
			.flatMap((name) => layersOf(name, site)),
		...layersOfPart('role defaults', role, site),
		...layersOfPart('role vars', role, site),
	];
}

const layersOfPart = (kind: 'role defaults' | 'role vars', role: string, site: Site): readonly Layer[] =>
	variableFiles(folderOf(role, site), kind).map((file) => ({
		kind,
		origin: `the role ${role}`,
		values: readOnce(file, site),
	}));

function metaOf(role: string, site: Site): Readonly<Record<string, unknown>> {
	const file = yamlFile(join(folderOf(role, site), 'meta', 'main'));
	return file === undefined ? {} : readOnce(file, site);
}

function readOnce(file: string, { read }: Site): Readonly<Record<string, unknown>> {
	const known = read.get(file) ?? readMap(file);
	read.set(file, known);
	return known;
}

/** @throws BadInput when there is no such role. */
export function folderOf(role: string, { roleFolders }: Site): string {
	const folder = roleFolder(role, roleFolders);
	if (folder === undefined) {
		throw new BadInput(`there is no role "${role}"`, { hint: `looked in ${roleFolders.join(', ')}` });
	}

	return folder;
}

function readMap(file: string): Readonly<Record<string, unknown>> {
	const problems = new Diagnostics();
	const value = readYaml(file, problems);
	if (problems.errors.length > 0) {
		throw new BadInput(problems.list);
	}

	return isMap(value) ? value : {};
}
