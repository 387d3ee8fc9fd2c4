/** Tells when nothing more is heard of somebody. */
export class Silence {
	#heard = 0;

	/** Something has come. */
	broken(): void {
		this.#heard++;
	}

	/**
	 * Calls `then` once nothing has come for these seconds. What came while this process was busy with other hosts counts:
	 * it is read before the judgement.
	 * @returns how to stop listening for it
	 */
	after(seconds: number, then: () => void): () => void {
		let isOff = false;
		let timer: NodeJS.Timeout;
		const listen = (): void => {
			const before = this.#heard;
			timer = setTimeout(() => {
				setImmediate(() => {
					if (!isOff) {
						(this.#heard === before ? then : listen)();
					}
				});
			}, seconds * 1000);
		};
		listen();
		return () => {
			isOff = true;
			clearTimeout(timer);
		};
	}
}
