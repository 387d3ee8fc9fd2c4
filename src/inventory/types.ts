import type { Source } from '../diagnostics.ts';
import type { Layer } from '../vars/types.ts';

export type InventoryHost = {
	readonly name: string;
	/** Names of all groups that it is in, parents included, without `all` and `ungrouped`; sorted by precedence. */
	readonly groups: readonly string[];
	/** Group layers (all, parents before children, by priority, then name), then the host's own; lowest first. */
	readonly layers: readonly Layer[];
	/** The values of `layers` merged, raw. */
	readonly variables: Readonly<Record<string, unknown>>;
	readonly source?: Source | undefined;
};

export type InventoryGroup = {
	readonly name: string;
	/** Direct child groups. */
	readonly children: readonly string[];
	/** Names of all hosts in it, children included, in order of definition. */
	readonly hosts: readonly string[];
};

/** Who there is. `all` and `ungrouped` are among the groups. */
export type Inventory = {
	readonly hosts: ReadonlyMap<string, InventoryHost>;
	readonly groups: ReadonlyMap<string, InventoryGroup>;
	/** Folder of the (last) inventory, for `inventory_dir` and the secret store. */
	readonly folder: string | undefined;
	/** The inventories as given with -i. */
	readonly sources: readonly string[];
};
