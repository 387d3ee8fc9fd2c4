import type { HostResult, Spent, TaskInfo } from '../../engine/events.ts';

/**
 * When each host began what it did, in seconds since the start of the run. With a clock, by when its end was told;
 * without one, for a run that is over, tasks are laid one after the other.
 */
export class Moments {
	readonly #clock: (() => number) | undefined;
	readonly #open = new Map<string, Map<string, number>>();
	#began = 0;
	#laid = 0;

	constructor(clock: (() => number) | undefined) {
		this.#clock = clock;
	}

	begin(): void {
		this.#began = this.#clock?.() ?? 0;
	}

	/** A host is done with a task. */
	ended({ id }: TaskInfo, host: string): void {
		if (this.#clock !== undefined) {
			const ends = this.#open.get(id) ?? new Map<string, number>();
			ends.set(host, this.#clock() - this.#began);
			this.#open.set(id, ends);
		}
	}

	/** When these began; what is known of them is forgotten. Names are as they were when they ended. */
	starts({ id }: TaskInfo, results: readonly HostResult[], spent: Spent | undefined): readonly number[] {
		if (this.#clock === undefined) {
			const at = this.#laid;
			this.#laid += spent?.duration ?? Math.max(0, ...results.map(({ duration }) => duration));
			return results.map(() => at);
		}

		const ends = this.#open.get(id);
		const now = this.#clock() - this.#began;
		const starts = results.map(({ host, duration }) => Math.max(0, (ends?.get(host) ?? now) - duration));
		for (const { host } of results) {
			ends?.delete(host);
		}

		if (ends?.size === 0) {
			this.#open.delete(id);
		}

		return starts;
	}
}
