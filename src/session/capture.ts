/** Collects output. With a limit it keeps the beginning and the end and says how much is missing between them. */
export class Capture {
	readonly #half: number;
	readonly #head: Buffer[] = [];
	#headSize = 0;
	#tail: Buffer[] = [];
	#tailSize = 0;
	#dropped = 0;

	/** @param limit bytes to keep */
	constructor(limit = Number.POSITIVE_INFINITY) {
		this.#half = limit / 2;
	}

	push(bytes: Buffer): void {
		const room = Math.max(0, this.#half - this.#headSize);
		if (room >= bytes.length) {
			this.#head.push(bytes);
			this.#headSize += bytes.length;
			return;
		}

		if (room > 0) {
			this.#head.push(bytes.subarray(0, room));
			this.#headSize += room;
		}

		this.#tail.push(bytes.subarray(room));
		this.#tailSize += bytes.length - room;
		while (this.#tailSize > this.#half) {
			const first = this.#tail[0] ?? Buffer.alloc(0);
			const excess = Math.min(first.length, this.#tailSize - this.#half);
			this.#dropped += excess;
			this.#tailSize -= excess;
			if (excess === first.length) {
				this.#tail.shift();
			} else {
				// A copy, so that the large chunk behind a small rest can go.
				this.#tail[0] = Buffer.from(first.subarray(excess));
			}
		}
	}

	bytes(): Buffer {
		return this.#dropped === 0
			? Buffer.concat([...this.#head, ...this.#tail])
			: Buffer.concat([...this.#head, Buffer.from(`\n… ${this.#dropped} bytes left out …\n`), ...this.#tail]);
	}
}
