import type { Inventory } from '../inventory/types.ts';
import type { SecretSource } from '../secrets/source.ts';
import type { Redactor, Secret } from '../shell/secret.ts';
import type { TaskInfo } from './events.ts';

/** A person's wish to stop: first after the running steps, then at once. */
export type Interrupt = {
	/** Start nothing new. */
	readonly finishing: boolean;
	/** Aborted when running steps are to be killed. */
	readonly killing: AbortSignal;
};

/** How a run is to be done; what is to be done is the Plan. */
export type ExecuteOptions = {
	readonly check: boolean;
	readonly diff: boolean;
	/** Hosts at work at the same time. */
	readonly forks: number;
	/** How many tasks ahead of the one in hand are read; 0: none. */
	readonly lookAhead: number;
	/** Show rendered arguments in results. */
	readonly showArgs: boolean;
	/** `-e`: wins over everything. */
	readonly extraVars: Readonly<Record<string, unknown>>;
	readonly secrets: SecretSource | undefined;
	/** The text of a vars file named `*.age.yml`. */
	readonly decrypt: ((file: string) => Promise<string>) | undefined;
	/** Told of every secret that leaves for a host. */
	readonly redactor: Redactor;
	/** `-K`; asked at most once. */
	readonly becomePassword: (() => Promise<Secret | undefined>) | undefined;
	/** `-b`, `-u`, `-c` and `--private-key`: for hosts and plays that say nothing themselves. */
	readonly become: boolean | undefined;
	readonly user: string | undefined;
	readonly connection: string | undefined;
	readonly privateKeyFile: string | undefined;
	readonly acceptNewHostKeys: boolean;
	readonly breakLock: boolean;
	/** Seconds to wait for another run to give a host back. */
	readonly lockWait: number;
	/** Handlers run on failed hosts too. */
	readonly forceHandlers: boolean;
	/** Hosts that cannot be reached do not count for `any_errors_fatal` and `max_fail_percentage`. */
	readonly ignoreUnreachable: boolean;
	/** `--step`: ask before each task. */
	readonly step: ((task: TaskInfo) => Promise<'yes' | 'no' | 'all'>) | undefined;
	readonly prompt: ((question: string, echo: boolean) => Promise<string | undefined>) | undefined;
	/** Read the inventory again (`meta: refresh_inventory`). */
	readonly refreshInventory: (() => Promise<Inventory>) | undefined;
	readonly interrupt: Interrupt;
	/** Exit 3 when something changed, or would. */
	readonly detailedExitCode: boolean;
	/** Exit 2 when a check could not say exactly what a run would do. */
	readonly requireExact: boolean;
};
