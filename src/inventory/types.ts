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
	/** `localhost`, when no inventory names it: reached without a network, and in no group. */
	readonly implicit?: boolean;
};

export type InventoryGroup = {
	readonly name: string;
	/** Direct child groups. */
	readonly children: readonly string[];
	/** Names of all hosts in it: its own, then those of its children. */
	readonly hosts: readonly string[];
	/** Names of the hosts that are in it itself, in order of definition. */
	readonly members: readonly string[];
	/** The longest way down from `all`, which is 0. */
	readonly depth: number;
	/** `ansible_group_priority`; 1 when not given. */
	readonly priority: number;
	/** Its values, lowest first. */
	readonly layers: readonly GroupLayer[];
	readonly source?: Source | undefined;
};

/**
 * Values of a group. As in Ansible, those in inventory files (rank 0) are below those in `group_vars` folders
 * (rank 1 for the first folder, and so on), whatever the groups.
 */
export type GroupLayer = Layer & { readonly rank: number };

/** Who there is. `all` and `ungrouped` are among the groups. */
export type Inventory = {
	/** In order of definition. `localhost` is always among them: see `implicit`. */
	readonly hosts: ReadonlyMap<string, InventoryHost>;
	readonly groups: ReadonlyMap<string, InventoryGroup>;
	/** Folder of the (last) inventory, for `inventory_dir` and the secret store. */
	readonly folder: string | undefined;
	/** The inventories as given with -i. */
	readonly sources: readonly string[];
	/** Values in `group_vars` and `host_vars` for names that do not exist, or not yet: add_host and group_by may. */
	readonly spare?: {
		readonly groups: ReadonlyMap<string, readonly GroupLayer[]>;
		readonly hosts: ReadonlyMap<string, readonly Layer[]>;
	};
};
