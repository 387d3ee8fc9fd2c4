/** Takes a stream in pieces of the wanted length. */
export class ByteReader {
	readonly #chunks: AsyncIterator<Buffer>;
	#rest: Buffer = Buffer.alloc(0);
	constructor(chunks: AsyncIterable<Buffer>) {
		this.#chunks = chunks[Symbol.asyncIterator]();
	}

	/** Exactly so many bytes; undefined when the stream ends before. */
	async take(length: number): Promise<Buffer | undefined> {
		const taken: Buffer[] = [];
		const complete = await this.each(length, (chunk) => taken.push(chunk));
		return complete ? Buffer.concat(taken) : undefined;
	}

	/** So many bytes as they come, without keeping them; false when the stream ends before. */
	async each(length: number, use: (chunk: Buffer) => unknown): Promise<boolean> {
		for (let left = length; left > 0; ) {
			if (this.#rest.length === 0) {
				const { done, value } = await this.#chunks.next();
				if (done === true) {
					return false;
				}

				this.#rest = value;
			}

			const chunk = this.#rest.subarray(0, left);
			this.#rest = this.#rest.subarray(chunk.length);
			left -= chunk.length;
			use(chunk);
		}

		return true;
	}
}
