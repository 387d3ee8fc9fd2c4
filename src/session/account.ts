import type { Traffic } from './types.ts';

/** How long something went on in all; what goes on at the same time is counted once. */
export class Stopwatch {
	#running = 0;
	#since = 0;
	#milliseconds = 0;

	begin(): void {
		if (this.#running++ === 0) {
			this.#since = performance.now();
		}
	}

	end(): void {
		if (--this.#running === 0) {
			this.#milliseconds += performance.now() - this.#since;
		}
	}

	async during<T>(work: () => Promise<T>): Promise<T> {
		this.begin();
		try {
			return await work();
		} finally {
			this.end();
		}
	}

	get seconds(): number {
		return (this.#milliseconds + (this.#running > 0 ? performance.now() - this.#since : 0)) / 1000;
	}
}

/** What a conversation has cost so far, counted where it happens. */
export class Account {
	roundTrips = 0;
	reads = 0;
	writes = 0;
	processes = 0;
	bytesSent = 0;
	bytesReceived = 0;
	readonly connecting = new Stopwatch();
	readonly waiting = new Stopwatch();
	/** How many round trips have come back. */
	#returned = 0;

	/**
	 * A request is about to be sent. Those that are under way together are one round trip, since none of them waits for
	 * the answer of another: what counts is how often a slow line is waited for, whatever moment each was asked at.
	 * @returns what to call when the first part of its answer is there
	 */
	departure(): () => void {
		const trip = this.#returned + 1;
		this.roundTrips = Math.max(this.roundTrips, trip);
		return () => {
			this.#returned = Math.max(this.#returned, trip);
		};
	}

	/** As it stands now. */
	get traffic(): Traffic {
		const { roundTrips, reads, writes, processes, bytesSent, bytesReceived, connecting, waiting } = this;
		return {
			roundTrips,
			reads,
			writes,
			processes,
			bytesSent,
			bytesReceived,
			connecting: connecting.seconds,
			waiting: waiting.seconds,
		};
	}
}
