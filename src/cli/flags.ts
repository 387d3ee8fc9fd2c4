import type { Shard } from '../plan/types.ts';

// What the options of each command come to. A command reads the words, its worker the values: both know these types.

/** Where hosts and values come from. */
export type SourceFlags = {
	readonly inventory?: readonly string[];
	readonly extraVars?: readonly string[];
	readonly identity?: string;
	readonly rolesPath?: readonly string[];
};

export type ConnectionFlags = {
	readonly user?: string;
	readonly connection?: string;
	readonly privateKey?: string;
	readonly become?: boolean;
	readonly askBecomePass?: boolean;
	readonly acceptNewHostKeys?: boolean;
	readonly forks: number;
};

export type OutputFlags = {
	readonly verbose: number;
	readonly diff?: boolean;
	readonly report?: readonly string[];
	readonly profile?: boolean;
};

export type SelectionFlags = {
	readonly limit?: string;
	readonly shard?: Shard;
	readonly tags?: readonly string[];
	readonly skipTags?: readonly string[];
	readonly startAtTask?: string;
};

export type EffectFlags = {
	readonly check?: boolean;
	readonly step?: boolean;
	readonly breakLock?: boolean;
	readonly lockWait?: number;
	readonly forceHandlers?: boolean;
	readonly ignoreUnreachable?: boolean;
	readonly detailedExitcode?: boolean;
	readonly requireExact?: boolean;
};

export type StatusFlags = SourceFlags &
	ConnectionFlags & { readonly limit?: string; readonly report?: string };

export type RunFlags = SourceFlags &
	ConnectionFlags &
	OutputFlags &
	SelectionFlags &
	EffectFlags & {
		readonly listTasks?: boolean;
		readonly listHosts?: boolean;
		readonly listTags?: boolean;
	};

export type ExecFlags = SourceFlags &
	ConnectionFlags &
	OutputFlags &
	EffectFlags &
	Pick<SelectionFlags, 'shard'> & { readonly module: string; readonly args?: string };

export type FactsFlags = SourceFlags & ConnectionFlags & OutputFlags & { readonly filter?: string };

export type PlanFlags = SourceFlags & SelectionFlags;

export type VarsFlags = SourceFlags & { readonly explain?: string; readonly playbook?: string };

export type BundleFlags = SourceFlags & {
	readonly check?: boolean;
	readonly machine?: readonly ('amd64' | 'arm64')[];
};

export type InventoryFlags = {
	readonly inventory?: readonly string[];
	readonly identity?: string;
	readonly graph?: boolean;
	readonly list?: boolean;
	readonly host?: string;
};

export type StoreFlags = { readonly inventory: string; readonly identity?: string };

export type RotateFlags = StoreFlags & { readonly length?: number; readonly alphabet?: string };
