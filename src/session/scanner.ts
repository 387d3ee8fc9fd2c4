/**
 * What the shell on the host says between the bytes of programs, by a line that begins with the session's mark.
 * `S` a frame starts, `E` it ended with a code, `N` it was not run, `J` the job ended, and whether something that it
 * started goes on, `K` the job was killed.
 */
export type Mark = {
	readonly letter: string;
	readonly id: number;
	readonly code: number;
	readonly goesOn: boolean;
};

const nothing = Buffer.alloc(0);
const longestMarkLine = 64;

/**
 * Tells marks from bytes in one stream. Only new bytes are looked at, and only those that may be the beginning of
 * a mark are kept back: searching a growing buffer again costs minutes at 50 MB.
 */
export class Scanner {
	readonly #mark: Buffer;
	readonly #onBytes: (bytes: Buffer) => void;
	readonly #onMark: (mark: Mark) => void;
	#kept: Buffer = nothing;

	constructor(mark: string, onBytes: (bytes: Buffer) => void, onMark: (mark: Mark) => void) {
		this.#mark = Buffer.from(mark);
		this.#onBytes = onBytes;
		this.#onMark = onMark;
	}

	push(chunk: Buffer): void {
		let rest = this.#kept.length === 0 ? chunk : Buffer.concat([this.#kept, chunk]);
		this.#kept = nothing;
		for (;;) {
			const start = rest.indexOf(this.#mark);
			if (start === -1) {
				const keep = this.#beginning(rest);
				this.#kept = rest.subarray(rest.length - keep);
				this.#give(rest.subarray(0, rest.length - keep));
				return;
			}

			this.#give(rest.subarray(0, start));
			const end = rest.indexOf(10, start + this.#mark.length);
			if (end === -1 && rest.length - start < longestMarkLine) {
				this.#kept = rest.subarray(start);
				return;
			}

			const [, letter = '', id, code, goesOn] = rest.toString('latin1', start, end).split(':');
			this.#onMark({ letter, id: Number(id), code: Number(code ?? 0), goesOn: goesOn === '1' });
			rest = rest.subarray(end + 1);
		}
	}

	#give(bytes: Buffer): void {
		if (bytes.length > 0) {
			this.#onBytes(bytes);
		}
	}

	/** How many bytes at the end may be the beginning of a mark. */
	#beginning(bytes: Buffer): number {
		for (let length = Math.min(this.#mark.length - 1, bytes.length); length > 0; length--) {
			if (this.#mark.compare(bytes, bytes.length - length, bytes.length, 0, length) === 0) {
				return length;
			}
		}

		return 0;
	}
}
