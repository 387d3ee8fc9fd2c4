/** Tasks, or items of a loop, that are looked at after a write: few, because what follows a change is often one too. */
export const afterWrite = 2;

/** How far ahead one host has been read. */
export class Reach {
	#plan: object | undefined;
	#end = 0;
	#window: number | undefined;

	/** Where to read to, from `place` on; undefined when that far has been read already. */
	reach(plan: object, place: number, longest: number): number | undefined {
		if (this.#plan === plan && place < this.#end) {
			return undefined;
		}

		const window = Math.min(this.#window ?? longest, longest);
		this.#plan = plan;
		this.#end = place + 1 + window;
		this.#window = window * 2;
		return this.#end;
	}

	/** It was read less far than that: only to there. */
	stop(end: number): void {
		this.#end = end;
	}

	/** Something was written, or may have been: what was read does not count any more. */
	forget(onlyLooked = false): void {
		this.#plan = undefined;
		this.#window = onlyLooked ? undefined : afterWrite;
	}
}
