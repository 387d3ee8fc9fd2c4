import { nearest } from '../diagnostics.ts';
import type { Layer } from '../vars/types.ts';
import type { Draft, DraftGroup } from './draft.ts';
import { hostsBelow, Placer, parentsIn } from './place.ts';
import type { GroupLayer, Inventory, InventoryGroup, InventoryHost } from './types.ts';

/** Values from `group_vars` and `host_vars`, by name, lowest first. */
export type FileLayers = {
	readonly groups: ReadonlyMap<string, readonly GroupLayer[]>;
	readonly hosts: ReadonlyMap<string, readonly Layer[]>;
};

/** What was read, with everything that follows from it: who is in which group, and which values win. */
export function assemble(
	draft: Draft,
	files: FileLayers,
	about: Pick<Inventory, 'folder' | 'sources'>,
): Inventory {
	const directGroups = sortOut(draft);
	const depths = depthsOf(draft.groups);
	const shapes = new Map(
		[...draft.groups.values()].map(({ name, members, children }) => [
			name,
			{ name, members: [...members], children: [...children] },
		]),
	);
	const groups = new Map<string, InventoryGroup>();
	for (const { name, priority, layers, source } of draft.groups.values()) {
		groups.set(name, {
			name,
			children: shapes.get(name)?.children ?? [],
			members: shapes.get(name)?.members ?? [],
			hosts: hostsBelow(name, shapes),
			depth: depths.get(name) ?? 0,
			priority,
			layers: [...layers, ...(files.groups.get(name) ?? [])],
			source,
		});
	}

	const placer = new Placer(groups, parentsIn(groups.values()));
	const hosts = new Map<string, InventoryHost>();
	for (const { name, layers, source } of draft.hosts.values()) {
		const own = [...layers, ...(files.hosts.get(name) ?? [])];
		hosts.set(name, placer.host(name, directGroups.get(name) ?? [], own, source));
	}

	if (!hosts.has('localhost')) {
		hosts.set('localhost', implicitLocalhost(placer, files));
	}

	warn(draft, files);
	return { ...about, hosts, groups, spare: spareOf(draft, files) };
}

/** Groups without a parent go below `all`, hosts without a group into `ungrouped`. Gives the groups of each host. */
function sortOut(draft: Draft): ReadonlyMap<string, readonly string[]> {
	for (const { name, parents } of [...draft.groups.values()]) {
		if (name !== 'all' && parents.size === 0) {
			draft.link('all', name);
		}
	}

	const direct = new Map<string, string[]>();
	for (const { name, members } of draft.groups.values()) {
		for (const host of name === 'all' || name === 'ungrouped' ? [] : members) {
			const known = direct.get(host);
			if (known === undefined) {
				direct.set(host, [name]);
			} else {
				known.push(name);
			}
		}
	}

	const { members } = draft.group('ungrouped');
	for (const host of draft.hosts.keys()) {
		if (direct.has(host)) {
			members.delete(host);
		} else {
			members.add(host);
			direct.set(host, ['ungrouped']);
		}
	}

	return direct;
}

function depthsOf(groups: ReadonlyMap<string, DraftGroup>): ReadonlyMap<string, number> {
	const depths = new Map<string, number>();
	const depth = (name: string): number => {
		const known = depths.get(name);
		if (known !== undefined) {
			return known;
		}

		const parents = [...(groups.get(name)?.parents ?? [])];
		const found = Math.max(-1, ...parents.map(depth)) + 1;
		depths.set(name, found);
		return found;
	};
	for (const name of groups.keys()) {
		depth(name);
	}

	return depths;
}

function implicitLocalhost(placer: Placer, files: FileLayers): InventoryHost {
	const local: Layer = {
		kind: 'host vars',
		origin: 'implicit localhost',
		values: { ansible_connection: 'local' },
	};
	return {
		...placer.host('localhost', [], [local, ...(files.hosts.get('localhost') ?? [])]),
		implicit: true,
	};
}

function warn({ groups, hosts, problems }: Draft, files: FileLayers): void {
	for (const { name, source } of hosts.values()) {
		if (groups.has(name)) {
			problems.warning(`"${name}" is the name of a host and of a group`, {
				source,
				hint: 'rename one: in a pattern the name means the host',
			});
		}
	}

	// Unknown names alone are no mistake: folders are shared between inventories, and groups made while running.
	for (const [what, known, found] of [
		['group', groups, files.groups],
		['host', hosts, files.hosts],
	] as const) {
		for (const [name, layers] of found) {
			const near = known.has(name) ? undefined : nearest(name, known.keys());
			if (near !== undefined && name !== 'localhost') {
				problems.warning(`there is no ${what} "${name}" for ${layers[0]?.origin ?? `${what}_vars/${name}`}`, {
					hint: `did you mean "${near}"?`,
				});
			}
		}
	}

	for (const { origin, values } of [...files.groups.values()].flat()) {
		if (Object.hasOwn(values, 'ansible_group_priority')) {
			problems.warning(`ansible_group_priority has no effect in ${origin}`, {
				hint: 'write it below "vars:" of the group in the inventory itself',
			});
		}
	}
}

const spareOf = (draft: Draft, { groups, hosts }: FileLayers): FileLayers => ({
	groups: new Map([...groups].filter(([name]) => !draft.groups.has(name))),
	hosts: new Map([...hosts].filter(([name]) => !draft.hosts.has(name))),
});
