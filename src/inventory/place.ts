import type { Source } from '../diagnostics.ts';
import type { Layer } from '../vars/types.ts';
import type { InventoryGroup, InventoryHost } from './types.ts';

type Groups = ReadonlyMap<string, InventoryGroup>;

/** The groups that each group is in, directly. */
export type Parents = ReadonlyMap<string, readonly string[]>;

export function parentsIn(groups: Iterable<Pick<InventoryGroup, 'name' | 'children'>>): Parents {
	const parents = new Map<string, string[]>();
	for (const { name, children } of groups) {
		for (const child of children) {
			const known = parents.get(child);
			if (known === undefined) {
				parents.set(child, [name]);
			} else {
				known.push(name);
			}
		}
	}

	return parents;
}

/** These groups and all above them. */
export function withParents(names: Iterable<string>, parents: Parents): ReadonlySet<string> {
	const found = new Set(names);
	// A set that is iterated gives what is added on the way, too.
	for (const name of found) {
		for (const parent of parents.get(name) ?? []) {
			found.add(parent);
		}
	}

	return found;
}

/** All hosts of a group: its own first, then those of its children, level by level, as Ansible lists them. */
export function hostsBelow(
	group: string,
	groups: ReadonlyMap<string, Pick<InventoryGroup, 'members' | 'children'>>,
): readonly string[] {
	const names = new Set([group]);
	for (const name of names) {
		for (const child of groups.get(name)?.children ?? []) {
			names.add(child);
		}
	}

	return [...new Set([...names].flatMap((name) => groups.get(name)?.members ?? []))];
}

/** Makes hosts from what they are in. Hosts that are in the same groups share the groups' values. */
export class Placer {
	readonly #groups: Groups;
	readonly #parents: Parents;
	readonly #shared = new Map<string, Shared>();
	constructor(groups: Groups, parents: Parents = parentsIn(groups.values())) {
		this.#groups = groups;
		this.#parents = parents;
	}

	/** @param direct the groups that the host itself is in. */
	host(name: string, direct: readonly string[], own: readonly Layer[], source?: Source): InventoryHost {
		const shared = this.#sharedBy(direct);
		let merged: InventoryHost['variables'] | undefined;
		return {
			name,
			groups: shared.names,
			layers: own.length === 0 ? shared.layers : [...shared.layers, ...own],
			source,
			// Merged when asked for: of thousands of hosts a run may look at a few.
			get variables() {
				const values = merged ?? Object.assign({}, ...this.layers.map((layer) => layer.values));
				merged = values;
				return values;
			},
		};
	}

	#sharedBy(direct: readonly string[]): Shared {
		const key = direct.join('\0');
		const known = this.#shared.get(key);
		if (known !== undefined) {
			return known;
		}

		const groups = [...withParents(['all', ...direct], this.#parents)]
			.flatMap((name) => this.#groups.get(name) ?? [])
			.sort((a, b) => a.depth - b.depth || a.priority - b.priority || (a.name < b.name ? -1 : 1));
		const layers = groups.flatMap((group) => group.layers).sort((a, b) => a.rank - b.rank);
		const made = {
			names: groups.map(({ name }) => name).filter((name) => name !== 'all' && name !== 'ungrouped'),
			layers,
		};
		this.#shared.set(key, made);
		return made;
	}
}

type Shared = { readonly names: readonly string[]; readonly layers: readonly Layer[] };
