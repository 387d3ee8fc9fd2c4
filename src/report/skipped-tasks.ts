import type { View } from './style.ts';

/** Tasks in a row that every host skipped: several of them are counted on one line, since none did anything. */
export class SkippedTasks {
	#count = 0;
	#lines: readonly string[] = [];

	/** One more, with the lines that tell it if it stays alone. */
	add(lines: readonly string[]): void {
		this.#count++;
		this.#lines = lines;
	}

	/** What is to be printed before anything else; they are told then. */
	lines({ chalk }: View): readonly string[] {
		const told = this.#count > 1 ? [chalk.dim(`  - ${this.#count} tasks skipped`)] : this.#lines;
		this.#count = 0;
		this.#lines = [];
		return told;
	}
}
