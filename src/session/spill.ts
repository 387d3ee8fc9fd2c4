import { randomUUID } from 'node:crypto';
import { closeSync, openSync, readSync, unlinkSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

let scratch = Buffer.alloc(0);
const largestScratch = 16 * 1024 * 1024;

const forgotten = new FinalizationRegistry<number>((file) => closeSync(file));

/**
 * Bytes that would fill the memory if they were kept there for every host. They lie in a file that has no name any
 * more, so nobody else can open it, and it is gone with this process, however that ends.
 */
export class Spill {
	readonly #file: number;
	#size = 0;

	/** @throws the error of the file system when there is no place for temporary files */
	constructor() {
		const path = join(tmpdir(), `.g2pbook-${randomUUID()}`);
		this.#file = openSync(path, 'wx+', 0o600);
		unlinkSync(path);
		forgotten.register(this, this.#file);
	}

	get size(): number {
		return this.#size;
	}

	/** @throws the error of the file system when there is no room */
	push(bytes: Uint8Array): void {
		for (let done = 0; done < bytes.length; ) {
			const written = writeSync(this.#file, bytes, done, bytes.length - done, this.#size);
			done += written;
			this.#size += written;
		}
	}

	/** The bytes from `start` to before `end`. */
	bytes(start = 0, end = this.#size): Buffer {
		return this.#read(Buffer.allocUnsafe(end - start), start);
	}

	/** All of it, as UTF-8. */
	text(): string {
		// The same memory each time: many texts of some MB would pile up before it is found that nobody needs the bytes.
		if (scratch.length < this.#size && this.#size <= largestScratch) {
			scratch = Buffer.allocUnsafeSlow(this.#size);
		}

		return this.#size <= scratch.length
			? this.#read(scratch.subarray(0, this.#size), 0).toString()
			: this.bytes().toString();
	}

	#read(bytes: Buffer, start: number): Buffer {
		for (let done = 0; done < bytes.length; ) {
			const read = readSync(this.#file, bytes, done, bytes.length - done, start + done);
			if (read === 0) {
				throw new Error(`a temporary file ended after ${start + done} of ${this.#size} bytes`);
			}

			done += read;
		}

		return bytes;
	}
}
