import { createHash } from 'node:crypto';
import { inspect } from 'node:util';

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

/**
 * The last filter before anything is shown: it knows all secret values of the run, in the forms in which
 * programs echo them (base64, URL, JSON, each line of a longer one), and puts dots in their place.
 */
export class Redactor {
	readonly #forms = new Set<string>();
	#pattern: RegExp | undefined;

	/** Values under four characters are left out: hiding "no" everywhere would hide the report. */
	add(value: string): void {
		const before = this.#forms.size;
		for (const text of [value, ...(value.includes('\n') ? value.split('\n') : [])]) {
			if (text.trim().length < 4) {
				continue;
			}

			const json = JSON.stringify(text).slice(1, -1);
			for (const form of [
				text,
				json,
				JSON.stringify(json).slice(1, -1),
				encodeURIComponent(text),
				text.replaceAll("'", "'\\''"),
				Buffer.from(text).toString('base64').replace(/=+$/, ''),
			]) {
				this.#forms.add(form);
			}
		}

		if (this.#forms.size > before) {
			this.#pattern = undefined;
		}
	}

	text(text: string): string {
		if (this.#forms.size === 0) {
			return text;
		}

		// Longest first, so that a secret that contains another is hidden whole.
		this.#pattern ??= new RegExp(
			[...this.#forms]
				.sort((a, b) => b.length - a.length)
				.map((form) => form.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&'))
				.join('|'),
			'g',
		);
		return text.replace(this.#pattern, dots);
	}

	/** The same value with every text in it filtered. Secrets become dots, class instances plain data. */
	value<T>(value: T): T;
	value(value: unknown): unknown {
		if (typeof value === 'string') {
			return this.text(value);
		}

		if (Array.isArray(value)) {
			return value.map((item) => this.value(item));
		}

		if (value instanceof Set) {
			return new Set([...value].map((item) => this.value(item)));
		}

		if (value instanceof Secret) {
			return dots;
		}

		if (value instanceof Set) {
			return new Set([...value].map((item) => this.value(item)));
		}

		if (typeof value === 'object' && value !== null && !Buffer.isBuffer(value)) {
			return Object.fromEntries(
				Object.entries(value).map(([key, item]) => [this.text(key), this.value(item)]),
			);
		}

		return value;
	}
}
