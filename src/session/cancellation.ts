import type { PerformOptions } from './types.ts';

/** The end of patience for a step: its time is over, or the signal fired. */
export class Cancellation {
	readonly #controller = new AbortController();
	readonly #timer: NodeJS.Timeout | undefined;
	readonly #options: PerformOptions;
	readonly #abort = (): void => this.#controller.abort('it was cancelled');

	/** Time runs from here. */
	constructor(options: PerformOptions) {
		this.#options = options;
		const { timeout, signal } = options;
		if (timeout !== undefined) {
			this.#timer = setTimeout(
				() => this.#controller.abort(`it did not end within ${timeout} s`),
				timeout * 1000,
			);
		}

		if (signal?.aborted) {
			this.#abort();
		}

		signal?.addEventListener('abort', this.#abort, { once: true });
	}

	get signal(): AbortSignal {
		return this.#controller.signal;
	}

	/** Why, for people; undefined while there is patience. */
	get reason(): string | undefined {
		return this.signal.aborted ? String(this.signal.reason) : undefined;
	}

	[Symbol.dispose](): void {
		clearTimeout(this.#timer);
		this.#options.signal?.removeEventListener('abort', this.#abort);
	}
}
