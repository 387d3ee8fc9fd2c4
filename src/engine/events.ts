import type { Source } from '../diagnostics.ts';
import type { Change, Detail, Output } from '../module/contract.ts';
import type { Traffic } from '../session/types.ts';

/** A task as reports show it. */
export type TaskInfo = {
	readonly id: string;
	readonly name: string;
	readonly module: string;
	readonly role: string | undefined;
	readonly play: string;
	readonly handler: boolean;
	readonly source: Source;
	/** Results and arguments are not shown. */
	readonly noLog: boolean;
};

/**
 * How a task (or one item of its loop) ended on a host. When checking, `changed` means "would change", and two
 * more are possible: `would-run` (a verb that was not run: its result is unknown) and `might` (it depends on
 * something unknown).
 */
export type Status = 'ok' | 'changed' | 'skipped' | 'failed' | 'unreachable' | 'would-run' | 'might';

export type ItemResult = {
	readonly status: Status;
	/** Label of the loop item; undefined without a loop. */
	readonly label: string | undefined;
	/** For people: why it failed or was skipped, what debug says, what a check could not know. */
	readonly message?: string | undefined;
	/** What to do next. */
	readonly hint?: string | undefined;
	readonly change?: Change | undefined;
	/** Texts before and after, when diffs are wanted. */
	readonly details?: readonly Detail[] | undefined;
	/** Steps as people read them: what was, or would be, done. */
	readonly steps?: readonly string[] | undefined;
	readonly output?: Output | undefined;
	/** How often it was tried. */
	readonly attempts?: number | undefined;
	/** The rendered arguments (with -vv and more). */
	readonly args?: Readonly<Record<string, unknown>> | undefined;
};

export type HostResult = ItemResult & {
	readonly host: string;
	/** A failure that the play was told to go on after. */
	readonly ignored: boolean;
	/** One each for a loop; empty without. */
	readonly items: readonly ItemResult[];
	/** Seconds. */
	readonly duration: number;
	/** Where the task was really done, when delegated. */
	readonly delegatedTo?: string | undefined;
	/** What was sent for it; undefined when nothing was. Reads that were made ahead count where they were sent. */
	readonly spent?: Traffic | undefined;
};

/** What a task or a run took. */
export type Spent = {
	/** Seconds by the clock. */
	readonly duration: number;
	/** Seconds of the controller's processors; with the free strategy also what other hosts do meanwhile. */
	readonly cpu: number;
	/** Of all machines together. */
	readonly traffic: Traffic;
};

/** What a run did on one host. The counts add up to the tasks that were reached. */
export type HostRecap = {
	readonly host: string;
	readonly ok: number;
	readonly changed: number;
	readonly skipped: number;
	readonly failed: number;
	readonly unreachable: number;
	readonly rescued: number;
	readonly ignored: number;
	/** Check mode: verbs not run and tasks that depend on unknown things. */
	readonly wouldRun: number;
	readonly might: number;
	/** Tasks of its plays that were not reached. */
	readonly notReached: number;
	/** It failed because the run must not begin. */
	readonly refused?: true;
	/** Handlers that are notified and have not run; the next run does them. */
	readonly pendingHandlers: readonly string[];
	readonly traffic: Traffic | undefined;
};

/** Everything that happens in a run. Reports read these; the engine knows no report. */
export type RunEvent =
	| {
			readonly kind: 'run-start';
			readonly playbook: string;
			readonly runId: string;
			readonly check: boolean;
			readonly hosts: readonly string[];
			/** Which part of the inventory it is for; undefined: all of it. */
			readonly shard?: { readonly index: number; readonly of: number } | undefined;
			/** ISO 8601. */
			readonly time: string;
	  }
	| {
			readonly kind: 'play-start';
			readonly play: string;
			readonly hosts: readonly string[];
			readonly batch: string | undefined;
	  }
	| { readonly kind: 'play-skipped'; readonly play: string; readonly reason: string }
	| { readonly kind: 'task-start'; readonly task: TaskInfo; readonly hosts: readonly string[] }
	/** For the live line: this host is busy with this. */
	| { readonly kind: 'host-start'; readonly task: TaskInfo; readonly host: string }
	| { readonly kind: 'host-progress'; readonly host: string; readonly text: string }
	| { readonly kind: 'host-end'; readonly task: TaskInfo; readonly result: HostResult }
	/** All hosts of the batch are done with it. */
	| {
			readonly kind: 'task-end';
			readonly task: TaskInfo;
			readonly results: readonly HostResult[];
			readonly spent?: Spent;
	  }
	| { readonly kind: 'warning'; readonly text: string; readonly host: string | undefined }
	| { readonly kind: 'interrupted'; readonly how: 'finishing' | 'killing' }
	| {
			readonly kind: 'run-end';
			readonly recap: readonly HostRecap[];
			/** Seconds. */
			readonly duration: number;
			readonly exitCode: number;
			readonly interrupted: boolean;
			readonly spent?: Spent;
	  };

export type Emit = (event: RunEvent) => void;
