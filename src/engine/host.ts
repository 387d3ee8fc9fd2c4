import type { Facts } from '../module/facts.ts';
import type { As } from '../session/types.ts';
import { Meter } from './meter.ts';

/** Whether a host still takes part in the play, and if not, why. */
export type Standing = 'active' | 'failed' | 'unreachable' | 'ended';

/** How sure it is that a handler has to run: a check can only say "might" when the notifying task is unknown. */
export type Notified = 'sure' | 'might';

/** One host of the inventory in one run: what is known of it, and how it fares. */
export class HostRun {
	readonly name: string;
	standing: Standing = 'active';
	/** `failed` only because another host did (any_errors_fatal, max_fail_percentage). */
	aborted = false;
	/** `failed` because the run must not begin (`fail: {refuse: true}`). */
	refused = false;
	/** As variables see them; undefined until gathered. */
	facts: Facts | undefined;
	/** Registered results, set_fact, include_vars. Replaced, never changed in place. */
	runtime: Readonly<Record<string, unknown>> = {};
	/** Handlers that have to run, by key. */
	readonly notified = new Map<string, Notified>();
	/** Who noted them on the host, by key; with what an earlier, broken run left behind. */
	readonly recorded = new Map<string, As>();
	/** What earlier runs left behind has been asked for. */
	recordsRead = false;
	/** What the last failed task was, for `rescue`. */
	lastFailure: { readonly failed_task: unknown; readonly failed_result: unknown } | undefined;
	/** What the task in hand sends. */
	readonly meter = new Meter();
	readonly counts = {
		ok: 0,
		changed: 0,
		skipped: 0,
		failed: 0,
		unreachable: 0,
		rescued: 0,
		ignored: 0,
		wouldRun: 0,
		might: 0,
		notReached: 0,
	};

	constructor(name: string) {
		this.name = name;
	}

	/** Make names known to the following tasks. */
	remember(values: Readonly<Record<string, unknown>>): void {
		this.runtime = { ...this.runtime, ...values };
	}

	/** Make a handler due; "sure" is never weakened to "might". */
	notify(key: string, how: Notified): void {
		if (how === 'sure' || !this.notified.has(key)) {
			this.notified.set(key, how);
		}
	}
}
