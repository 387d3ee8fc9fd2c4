import type { Layer } from '../vars/types.ts';
import { hostsBelow, Placer, parentsIn, withParents } from './place.ts';
import type { Inventory, InventoryGroup } from './types.ts';

// Inventories do not change: these give another one, that shares with the first whatever is the same.

/** The inventory with a host more, or with a known host in more groups and with more values (`add_host`). */
export function withHost(
	inventory: Inventory,
	name: string,
	groups: readonly string[],
	variables: Readonly<Record<string, unknown>>,
): Inventory {
	const known = inventory.hosts.get(name);
	const own =
		known?.layers.filter(({ kind }) => kind === 'host vars') ?? inventory.spare?.hosts.get(name) ?? [];
	const added: readonly Layer[] =
		Object.keys(variables).length === 0 ? [] : [{ kind: 'host vars', origin: 'add_host', values: variables }];
	return placed(inventory, name, groups, known?.implicit ? added : [...own, ...added]);
}

/** The inventory with a host in one group more, which is made when it is new (`group_by`). */
export function withMember(inventory: Inventory, host: string, group: string): Inventory {
	const own = inventory.hosts.get(host)?.layers.filter(({ kind }) => kind === 'host vars') ?? [];
	return placed(inventory, host, [group], own);
}

function placed(
	inventory: Inventory,
	name: string,
	more: readonly string[],
	own: readonly Layer[],
): Inventory {
	const groups = new Map(inventory.groups);
	const joined = more.filter((group) => group !== 'all');
	const fresh = joined.filter((group) => !groups.has(group));
	for (const group of fresh) {
		groups.set(group, emptyGroup(group, inventory));
	}

	const before = [...inventory.groups.values()].filter(({ members }) => members.includes(name));
	const direct = new Set(
		[...before.map((group) => group.name), ...joined].filter((group) => group !== 'all'),
	);
	if (direct.size > 1) {
		direct.delete('ungrouped');
	} else if (direct.size === 0) {
		direct.add('ungrouped');
	}

	const changed = new Set([...direct, 'ungrouped'].filter((group) => groups.has(group)));
	for (const group of changed) {
		update(groups, group, ({ members }) => ({
			members: direct.has(group)
				? [...new Set([...members, name])]
				: members.filter((member) => member !== name),
		}));
	}

	update(groups, 'all', ({ children }) => ({ children: [...children, ...new Set(fresh)] }));
	const parents = parentsIn(groups.values());
	for (const group of withParents(changed, parents)) {
		update(groups, group, () => ({ hosts: hostsBelow(group, groups) }));
	}

	const hosts = new Map(inventory.hosts);
	hosts.set(name, new Placer(groups, parents).host(name, [...direct], own, hosts.get(name)?.source));
	return { ...inventory, groups, hosts };
}

function update(
	groups: Map<string, InventoryGroup>,
	name: string,
	change: (group: InventoryGroup) => Partial<InventoryGroup>,
): void {
	const group = groups.get(name);
	if (group !== undefined) {
		groups.set(name, { ...group, ...change(group) });
	}
}

const emptyGroup = (name: string, { spare }: Inventory): InventoryGroup => ({
	name,
	children: [],
	hosts: [],
	members: [],
	depth: 1,
	priority: 1,
	layers: spare?.groups.get(name) ?? [],
});
