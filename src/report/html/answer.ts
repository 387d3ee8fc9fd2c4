import type { HostResult, ItemResult } from '../../engine/events.ts';
import { changeLines } from '../diff.ts';
import { itemChains } from '../item-chain.ts';
import { chalkFor, linesOf, type View } from '../style.ts';
import { argumentLine } from '../task.ts';
import type { Answer, ItemAnswer } from './data.ts';

// Enough for a long traceback, and for most configuration files.
const longest = { most: 32 * 1024, leastWhenFull: 2 * 1024 };
/** Characters of outputs and diffs that one page holds; what comes after is cut short. */
const room = 32 * 1024 * 1024;

/** Says of a result what the page shows; what it may show is decided by then. */
export class Answers {
	readonly #view: View;
	/** A diff is whole: who opens it wants to see it. */
	readonly #diffs: View;
	#left = room;

	constructor(view: View) {
		this.#view = view;
		this.#diffs = { ...view, chalk: chalkFor(true), verbosity: 2 };
	}

	of(result: HostResult): Answer {
		const { ignored, delegatedTo, items } = result;
		// What was wrong with the loop as a whole is not in its items.
		const isInItems = items.some(({ status }) => status === result.status);
		return {
			...(isInItems ? { status: result.status } : this.#item(result)),
			...(ignored ? { ignored } : {}),
			delegatedTo,
			...(items.length === 0 ? {} : { items: this.#items(items) }),
		};
	}

	#items(items: readonly ItemResult[]): readonly ItemAnswer[] {
		const told = new Map<string, { labels: string[]; answer: Answer }>();
		for (const { labels, result } of itemChains(items)) {
			const answer = this.#item(result);
			const key = JSON.stringify(answer);
			const known = told.get(key);
			if (known === undefined) {
				told.set(key, { labels: [...labels], answer });
			} else {
				known.labels.push(...labels);
			}
		}

		return [...told.values()];
	}

	// As in the terminal: outputs and commands of what went well keep hosts from being told together.
	#item(result: ItemResult): Answer {
		const { status, message, hint, attempts = 1, args = {}, steps = [], output } = result;
		const { verbosity, oneTask } = this.#view;
		const isBad = status === 'failed' || status === 'unreachable';
		const change = this.#change(result);
		return {
			status,
			message: message === undefined ? undefined : this.#cut(message),
			hint,
			tries: attempts > 1 ? attempts : undefined,
			arguments: verbosity >= 2 && Object.keys(args).length > 0 ? argumentLine(args) : undefined,
			steps:
				steps.length > 0 && (isBad || status === 'would-run' || verbosity >= 2)
					? steps.map((step) => this.#cut(step))
					: undefined,
			...(output !== undefined && (isBad || verbosity >= 3 || oneTask)
				? { code: output.code, stdout: this.#said(output.stdout), stderr: this.#said(output.stderr) }
				: {}),
			change: change.length === 0 ? undefined : this.#cut(change.join('\n')),
		};
	}

	#change({ status, change, details }: ItemResult): readonly string[] {
		return status === 'skipped' ? [] : changeLines(change, details, this.#diffs);
	}

	/** Programs say at their end why they ended. */
	#said(text: string): string | undefined {
		const whole = text.trimEnd();
		const limit = this.#limit();
		const shown = whole.length <= limit ? whole : whole.slice(-limit);
		this.#left -= shown.length;
		return whole === ''
			? undefined
			: shown === whole
				? whole
				: `… ${whole.length - shown.length} characters left out here\n${linesOf(shown).slice(1).join('\n') || shown}`;
	}

	#cut(text: string): string {
		const limit = this.#limit();
		this.#left -= Math.min(text.length, limit);
		return text.length <= limit
			? text
			: `${text.slice(0, limit)}\n… ${text.length - limit} more characters are not shown`;
	}

	#limit(): number {
		return this.#left > 0 ? longest.most : longest.leastWhenFull;
	}
}
