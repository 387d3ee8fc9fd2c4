import type { Write } from '../report.ts';
import type { Entry } from './data.ts';
import { dataBlock } from './document.ts';

// What is lost when the process is killed, and how many elements the page has.
const most = { characters: 64 * 1024, seconds: 1 };

/** Entries on their way to the page, written some at a time. */
export class Blocks {
	readonly #write: Write;
	readonly #clock: () => number;
	#waiting: Entry[] = [];
	#characters = 0;
	#written = 0;

	/** @param clock seconds since some moment. */
	constructor(write: Write, clock: () => number = () => 0) {
		this.#write = write;
		this.#clock = clock;
	}

	/** @param characters about how many it will have. */
	add(entry: Entry, characters = 200): void {
		this.#waiting.push(entry);
		this.#characters += characters;
		// What only introduces something waits for that: else the answers of a slow task would be what is lost.
		const isWhole = entry.kind !== 'task' && entry.kind !== 'hosts';
		if (isWhole && (this.#characters >= most.characters || this.#clock() - this.#written >= most.seconds)) {
			this.flush();
		}
	}

	flush(): void {
		if (this.#waiting.length > 0) {
			this.#write(dataBlock(this.#waiting));
		}

		this.#waiting = [];
		this.#characters = 0;
		this.#written = this.#clock();
	}
}
