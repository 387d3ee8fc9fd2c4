import type { LimitFunction } from 'p-limit';
import type { Inventory } from '../inventory/types.ts';
import type { Plan } from '../plan/types.ts';
import type { Play } from '../playbook/types.ts';
import type { Layer } from '../vars/types.ts';
import type { Emit } from './events.ts';
import type { Handlers } from './handlers.ts';
import type { HostRun } from './host.ts';
import type { TaskOutcome } from './item-outcome.ts';
import type { LocalFiles } from './local-files.ts';
import type { ExecuteOptions } from './options.ts';
import type { Targets } from './targets.ts';
import type { Upcoming } from './upcoming.ts';

/** What the parts of one run share. */
export type RunContext = {
	readonly plan: Plan;
	readonly options: ExecuteOptions;
	readonly emit: Emit;
	/** Random, 8 hexadecimal digits: names this run in locks and reports. */
	readonly runId: string;
	readonly files: LocalFiles;
	/** Grows with add_host and group_by. */
	inventory: Inventory;
	/** All hosts met so far, by name. */
	readonly hosts: Map<string, HostRun>;
	readonly targets: Targets;
	/** At most `forks` hosts at work. */
	readonly limit: LimitFunction;
	/** For work of the controller that can wait: one piece, then what hosts have answered, then the next piece. */
	readonly idle: () => Promise<void>;
	/** The person has answered "all" to `--step`. */
	steppedOver: boolean;
};

/** One play, as it goes over one batch of hosts. */
export type PlayRun = {
	readonly context: RunContext;
	readonly play: Play;
	/** All hosts of the play, `play_hosts`. */
	readonly hosts: readonly HostRun[];
	/** The hosts of this batch. */
	readonly batch: readonly HostRun[];
	readonly handlers: Handlers;
	readonly upcoming: Upcoming;
	/** Values of vars_files whose names depend on the host. */
	readonly varsFiles: Map<HostRun, readonly Layer[]>;
	/** Results of run_once tasks: the play does them once, not once per batch. */
	readonly once: Map<string, TaskOutcome>;
	/** `meta: end_play`, any_errors_fatal or max_fail_percentage: no further batch. */
	ended: string | undefined;
};
