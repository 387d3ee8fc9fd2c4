import { tmpdir } from 'node:os';
import { Spill } from './spill.ts';

/** Bytes of one stream that are kept in memory; more goes to a file. */
export const largestInMemory = 256 * 1024;
/** Bytes at the beginning and at the end that are shown of what is not whole. */
const largestEnd = 512 * 1024;

/**
 * Collects output. What is beyond a limit is not kept: then there are the beginning and the end, and a line between
 * them that says how much is missing.
 */
export class Capture {
	readonly #limit: number;
	readonly #end: number;
	#chunks: Buffer[] = [];
	#spill: Spill | undefined;
	/** Bytes that are kept whole, from the beginning on. */
	#kept = 0;
	#tail: Buffer[] = [];
	#tailSize = 0;
	#size = 0;
	#full: string | undefined;

	/** @param limit bytes to keep; without one everything is, in memory */
	constructor(limit = Number.POSITIVE_INFINITY) {
		this.#limit = limit;
		this.#end = Math.min(limit / 2, largestEnd);
	}

	/** Why not all of it is there; undefined when it is. */
	get incomplete(): string | undefined {
		return this.#full;
	}

	/** Whether it is worth while to look at it only when it is needed. */
	get isLarge(): boolean {
		return this.#spill !== undefined;
	}

	push(bytes: Buffer): void {
		this.#size += bytes.length;
		const room = this.#full === undefined ? Math.min(bytes.length, this.#limit - this.#kept) : 0;
		const kept = this.#keep(bytes.subarray(0, room));
		if (kept < bytes.length) {
			this.#full ??= `it is more than the ${Math.round(this.#limit / 1024 / 1024)} MiB that are kept`;
			this.#pushTail(bytes.subarray(kept));
		}
	}

	bytes(): Buffer {
		if (this.#size === this.#kept) {
			return this.#first(0, this.#kept);
		}

		const beginning = Math.min(this.#kept, this.#end);
		const rest = Math.max(0, Math.min(this.#kept - beginning, this.#end - this.#tailSize));
		const missing = this.#size - beginning - rest - this.#tailSize;
		return Buffer.concat([
			this.#first(0, beginning),
			Buffer.from(missing === 0 ? '' : `\n… ${missing} bytes left out …\n`),
			this.#first(this.#kept - rest, this.#kept),
			...this.#tail,
		]);
	}

	text(): string {
		return this.#spill !== undefined && this.#size === this.#kept
			? this.#spill.text()
			: this.bytes().toString();
	}

	/** How many of the bytes could be kept. */
	#keep(bytes: Buffer): number {
		if (
			this.#spill === undefined &&
			(this.#kept + bytes.length <= largestInMemory || this.#limit === Number.POSITIVE_INFINITY)
		) {
			this.#chunks.push(bytes);
			this.#kept += bytes.length;
			return bytes.length;
		}

		try {
			if (this.#spill === undefined) {
				const spill = new Spill();
				spill.push(Buffer.concat(this.#chunks));
				this.#spill = spill;
				this.#chunks = [];
			}

			this.#spill.push(bytes);
			this.#kept = this.#spill.size;
			return bytes.length;
		} catch (error) {
			const before = this.#kept;
			this.#kept = this.#spill?.size ?? before;
			const why = error instanceof Error ? error.message : String(error);
			this.#full = `there is no room for it in ${tmpdir()} on this machine (${why})`;
			return this.#kept - before;
		}
	}

	#first(start: number, end: number): Buffer {
		return this.#spill?.bytes(start, end) ?? Buffer.concat(this.#chunks).subarray(start, end);
	}

	#pushTail(bytes: Buffer): void {
		this.#tail.push(bytes);
		this.#tailSize += bytes.length;
		while (this.#tailSize > this.#end) {
			const first = this.#tail[0] ?? Buffer.alloc(0);
			const excess = Math.min(first.length, this.#tailSize - this.#end);
			this.#tailSize -= excess;
			if (excess === first.length) {
				this.#tail.shift();
			} else {
				// A copy, so that the large chunk behind a small rest can go.
				this.#tail[0] = Buffer.from(first.subarray(excess));
			}
		}
	}
}
