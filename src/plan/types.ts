import type { Inventory } from '../inventory/types.ts';
import type { Node, Play, Playbook } from '../playbook/types.ts';

/** One part of an inventory that several runs share among themselves. `index` counts from 1. */
export type Shard = { readonly index: number; readonly of: number };

/** What the person chose of the playbook. */
export type Selection = {
	/** `--limit`: a pattern that every play's hosts are cut down to. */
	readonly limit?: string | undefined;
	/** `--shard`: only this part of what is left. */
	readonly shard?: Shard | undefined;
	/** `--tags`; empty or not given: all. */
	readonly tags?: readonly string[] | undefined;
	readonly skipTags?: readonly string[] | undefined;
	/** `--start-at-task`: a name with wildcards, or the id that reports show. */
	readonly startAtTask?: string | undefined;
};

export type PlannedPlay = {
	readonly play: Play;
	/** In the order of the play. */
	readonly hosts: readonly string[];
	/** The hosts, cut as `serial` says; one batch without it. */
	readonly batches: readonly (readonly string[])[];
	/** Why nothing of this play is done. */
	readonly skippedBecause?: string | undefined;
};

/** Who does what, and in which order. Made without touching anything. */
export type Plan = {
	readonly playbook: Playbook;
	readonly inventory: Inventory;
	readonly plays: readonly PlannedPlay[];
	/**
	 * Whether tags and `--start-at-task` leave a task in; of included tasks too. Not asked for handlers: a notified
	 * handler runs.
	 */
	selects(node: Node): boolean;
	/** Id of the task that `--start-at-task` means. */
	readonly startAt: string | undefined;
	/** The part of the inventory that it is for; undefined: all of it. */
	readonly shard: Shard | undefined;
	/** The hosts that `--limit` and `--shard` leave, of this inventory, whether or not a play is for them. */
	hosts(inventory: Inventory): readonly string[];
	/** The play again, when hosts or groups were added during the run (add_host, group_by, refresh_inventory). */
	replan(play: Play, inventory: Inventory): PlannedPlay;
};
