import { createHash } from 'node:crypto';
import { inspect } from 'node:util';
import { encodingsOf, formsOf } from './secret-forms.ts';

/** Characters of a text that is worth hiding. */
const shortest = 4;

/** What stands in for a secret wherever it would be shown. */
export const dots = '••••••';

/**
 * A text that must not be shown. It prints as dots in every rendering; only stdin, uploads, scripts and
 * environments of a step reveal it. What a secret is rendered into is a Secret too.
 */
export class Secret {
	readonly #value: string;
	constructor(value: string) {
		this.#value = value;
	}

	/** The text itself. Call it only where it leaves for the host, or is compared. */
	reveal(): string {
		return this.#value;
	}

	/** SHA-256 in hexadecimal, to compare with what a host holds. Not for printing: short secrets can be guessed. */
	sha256(): string {
		return createHash('sha256').update(this.#value).digest('hex');
	}

	toString(): string {
		return dots;
	}

	toJSON(): string {
		return dots;
	}

	[inspect.custom](): string {
		return dots;
	}
}

/** The text of a value that may be a secret. */
export const reveal = (value: string | Secret): string => (value instanceof Secret ? value.reveal() : value);

/** The same lists and maps, with the texts of their secrets; `found` is called when there is one. */
export function revealed(value: unknown, found: () => void = () => {}): unknown {
	if (value instanceof Secret) {
		found();
		return value.reveal();
	}

	if (Array.isArray(value)) {
		return value.map((item) => revealed(item, found));
	}

	return typeof value === 'object' && value !== null
		? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, revealed(item, found)]))
		: value;
}

/**
 * The last filter before anything is shown: it knows all secret values of the run, in the forms in which
 * programs echo them (base64, URL, JSON, each line of a longer one), and puts dots in their place.
 */
export class Redactor {
	/** By their first characters; whether they may be broken into lines. */
	readonly #forms = new Map<string, Map<string, boolean>>();
	#beginnings: RegExp | undefined;
	readonly #values = new Set<string>();

	/** Values under four characters are left out: hiding "no" everywhere would hide the report. */
	add(value: string): void {
		if (this.#values.has(value)) {
			return;
		}

		this.#values.add(value);
		for (const text of new Set([value, value.trim()])) {
			this.#addAll(formsOf(text), false);
			this.#addAll(text.trim().length < shortest ? [] : encodingsOf(text), true);
		}

		for (const line of value.includes('\n') ? value.split('\n') : []) {
			this.#addAll(formsOf(line), false);
		}
	}

	#addAll(forms: Iterable<string>, breaks: boolean): void {
		for (const form of forms) {
			const beginning = form.slice(0, shortest);
			const known = this.#forms.get(beginning);
			if (form.trim().length < shortest) {
				continue;
			}

			if (known === undefined) {
				this.#forms.set(beginning, new Map([[form, breaks]]));
				this.#beginnings = undefined;
			} else if (!known.has(form)) {
				// Longest first, so that a secret that contains another is hidden whole.
				const sorted = [...known, [form, breaks] as const].sort(([a], [b]) => b.length - a.length);
				this.#forms.set(beginning, new Map(sorted));
			}
		}
	}

	text(text: string): string {
		let [shown, from] = ['', 0];
		for (const { start, end } of this.#found(text)) {
			shown += text.slice(from, start) + dots;
			from = end;
		}

		return shown + text.slice(from);
	}

	/** Texts that may be the lines of one: a secret may go from one to the next. */
	lines(lines: readonly string[]): readonly string[] {
		const found = this.#found(lines.join('\n'));
		let at = 0;
		return found.length === 0
			? lines
			: lines.map((line) => {
					const [first, last] = [at, at + line.length];
					at = last + 1;
					return found
						.filter(({ start, end }) => start < last && end > first)
						.reduceRight(
							(shown, { start, end }) =>
								shown.slice(0, Math.max(0, start - first)) + dots + shown.slice(Math.min(end, last) - first),
							line,
						);
				});
	}

	/** Where secrets are. */
	#found(text: string): readonly { readonly start: number; readonly end: number }[] {
		if (this.#forms.size === 0) {
			return [];
		}

		// All forms in one expression could become larger than an expression may be.
		this.#beginnings ??= new RegExp(
			[...this.#forms.keys()].map((form) => form.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')).join('|'),
			'g',
		);
		const beginnings = this.#beginnings;
		beginnings.lastIndex = 0;
		const all: { readonly start: number; readonly end: number }[] = [];
		for (let found = beginnings.exec(text); found !== null; found = beginnings.exec(text)) {
			const start = found.index;
			const end = this.#endOf(text, start, found[0]);
			beginnings.lastIndex = end ?? start + 1;
			if (end !== undefined) {
				all.push({ start, end });
			}
		}

		return all;
	}

	/** Where a form that begins here ends; undefined when none does. */
	#endOf(text: string, start: number, beginning: string): number | undefined {
		for (const [form, breaks] of this.#forms.get(beginning) ?? []) {
			const end = breaks ? endOfBroken(form, text, start) : start + form.length;
			if (end !== undefined && (breaks || text.startsWith(form, start))) {
				return end;
			}
		}

		return undefined;
	}

	/** The same error, told without secrets: what comes of it next may be a terminal. */
	error(error: unknown): unknown {
		for (let inner = error; inner instanceof Error; inner = inner.cause) {
			inner.message = this.text(inner.message);
			if (inner.stack !== undefined) {
				inner.stack = this.text(inner.stack);
			}
		}

		return error;
	}

	/** The same value with every text in it filtered. Secrets become dots, class instances plain data. */
	value<T>(value: T): T;
	value(value: unknown): unknown {
		if (typeof value === 'string') {
			return this.text(value);
		}

		if (Array.isArray(value)) {
			return value.every((item) => typeof item === 'string')
				? this.lines(value)
				: value.map((item) => this.value(item));
		}

		if (value instanceof Set) {
			return new Set([...value].map((item) => this.value(item)));
		}

		if (value instanceof Secret) {
			return dots;
		}

		if (typeof value === 'object' && value !== null && !Buffer.isBuffer(value)) {
			return Object.fromEntries(
				Object.entries(value).map(([key, item]) => [this.text(key), this.value(item)]),
			);
		}

		return value;
	}
}

/** Between the lines of a text: their ends, and what stands around them when the lines are a list. */
const betweenLines = /(?:\\n|[\s",])+/y;

/** Where the form ends that begins here, whatever ends of lines are in it. */
function endOfBroken(form: string, text: string, start: number): number | undefined {
	let at = start;
	for (const character of form) {
		if (text[at] !== character) {
			betweenLines.lastIndex = at;
			at = betweenLines.test(text) ? betweenLines.lastIndex : at;
		}

		if (text[at] !== character) {
			return undefined;
		}

		at++;
	}

	return at;
}
