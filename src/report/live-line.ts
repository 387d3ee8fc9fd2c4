import type { Write } from './report.ts';
import { seconds } from './style.ts';

type Busy = {
	readonly host: string;
	readonly task: string;
	readonly since: number;
	readonly progress?: string;
};

/** What each busy host is doing and for how long, longest first, in at most `width` columns. */
export function liveText(
	busy: readonly Busy[],
	failed: readonly string[],
	now: number,
	width: number,
): string {
	const parts = [...busy]
		.sort((a, b) => a.since - b.since)
		.map(({ host, task, since, progress }) => `${host} ${progress ?? task} ${seconds((now - since) / 1000)}`);
	const trouble = failed.length === 0 ? [] : [`failed: ${failed.join(' ')}`];
	const text = [`… ${busy.length} busy`, ...trouble, ...parts].join(' │ ');
	const characters = [...text.replaceAll(/\s/g, ' ')];
	return characters.length <= width ? characters.join('') : `${characters.slice(0, width - 1).join('')}…`;
}

/** A line at the bottom of a terminal, drawn anew every 200 ms and taken away before anything is appended. */
export class LiveLine {
	readonly #write: Write;
	readonly #width: () => number;
	readonly #busy = new Map<string, Busy>();
	#failed: string[] = [];
	#drawn = false;
	#paused = false;
	#timer: NodeJS.Timeout | undefined;

	constructor(write: Write, width: () => number) {
		this.#write = write;
		this.#width = width;
	}

	begin(host: string, task: string): void {
		this.#busy.set(host, { host, task, since: Date.now() });
		if (!this.#paused) {
			this.resume();
		}
	}

	progress(host: string, text: string): void {
		const busy = this.#busy.get(host);
		if (busy !== undefined) {
			this.#busy.set(host, { ...busy, progress: text });
		}
	}

	end(host: string, failed: boolean): void {
		this.#busy.delete(host);
		if (failed) {
			this.#failed.push(host);
		}
	}

	/** The failures of a task are appended when it ends; until then the line tells them. */
	told(): void {
		this.#failed = [];
	}

	clear(): void {
		if (this.#drawn) {
			this.#write('\r\u001B[K');
			this.#drawn = false;
		}
	}

	resume(): void {
		this.#paused = false;
		this.#timer ??= setInterval(() => this.#draw(), 200).unref();
	}

	/** Until `resume`: somebody else writes to the terminal. */
	pause(): void {
		this.#paused = true;
		clearInterval(this.#timer);
		this.#timer = undefined;
		this.clear();
	}

	// In one write, so that the line does not flicker.
	#draw(): void {
		if (this.#busy.size === 0) {
			this.clear();
			return;
		}

		const text = liveText([...this.#busy.values()], this.#failed, Date.now(), this.#width() - 1);
		this.#write(`\r\u001B[K${text}`);
		this.#drawn = true;
	}
}
