import { Cursor, tokensOf, Unreadable } from './tokens.ts';
import type { Jinja, Word } from './types.ts';

/** The tree of an expression; undefined when it cannot be read. */
export function parseJinja(text: string): Jinja | undefined {
	const tokens = tokensOf(text);
	try {
		return tokens && new Parser(new Cursor(tokens)).whole();
	} catch (error) {
		if (error instanceof Unreadable) {
			return undefined;
		}

		throw error;
	}
}

// From the weakest to the strongest. Filters and tests bind to the operand before them.
const levels: readonly (readonly string[])[] = [
	['or', '||'],
	['and', '&&'],
	['==', '!=', '<', '<=', '>', '>=', 'in'],
	['+', '-'],
	['~'],
	['*', '/', '//', '%'],
];
const [andLevel, compareLevel] = [1, 2];
const sameSign: Readonly<Record<string, string>> = { or: '||', and: '&&' };
const noOperand = new Set(['and', 'or', 'not', 'in', 'is', 'if', 'else']);

class Parser {
	readonly #words: Cursor;

	constructor(words: Cursor) {
		this.#words = words;
	}

	whole(): Jinja {
		const tree = this.#expression();
		this.#words.end();
		return tree;
	}

	#expression(): Jinja {
		const first = this.#binary(0);
		if (this.#words.take('?')) {
			const yes = this.#expression();
			this.#words.expect(':');
			return { kind: 'choice', test: first, yes, otherwise: this.#expression() };
		}

		if (!this.#words.take('if')) {
			return first;
		}

		const test = this.#binary(0);
		// Without else it is nothing, which prints as an empty text.
		const otherwise = this.#words.take('else') ? this.#expression() : emptyText;
		return { kind: 'choice', test, yes: first, otherwise };
	}

	#binary(level: number): Jinja {
		if (level === levels.length) {
			return this.#unary();
		}

		if (level === andLevel + 1 && this.#words.take('not')) {
			return { kind: 'not', of: this.#binary(level) };
		}

		let left = this.#binary(level + 1);
		for (;;) {
			const negated = level === compareLevel && this.#words.take('not', 'in');
			const sign = negated ? 'in' : (levels[level] ?? []).find((word) => this.#words.take(word));
			if (sign === undefined) {
				return left;
			}

			const right = this.#binary(level + 1);
			const whole: Jinja = { kind: 'binary', sign: sameSign[sign] ?? sign, left, right };
			left = negated ? { kind: 'not', of: whole } : whole;
		}
	}

	#unary(): Jinja {
		return this.#words.take('-')
			? { kind: 'minus', of: this.#unary() }
			: this.#words.take('!')
				? { kind: 'not', of: this.#unary() }
				: this.#filtered(this.#postfix(this.#primary()));
	}

	#filtered(operand: Jinja): Jinja {
		let of = operand;
		for (;;) {
			if (this.#words.take('|')) {
				const name = this.#dottedName();
				of = this.#postfix({
					kind: 'filter',
					of,
					name,
					words: this.#words.take('(') ? this.#arguments() : [],
				});
			} else if (this.#words.take('is')) {
				of = this.#test(of);
			} else {
				return of;
			}
		}
	}

	#test(of: Jinja): Jinja {
		const negated = this.#words.take('not');
		const name =
			['==', '!=', '<', '<=', '>', '>='].find((sign) => this.#words.take(sign)) ?? this.#dottedName();
		const words = this.#words.take('(')
			? this.#arguments()
			: this.#startsOperand()
				? [{ value: this.#postfix(this.#primary()) }]
				: [];
		const whole: Jinja = { kind: 'test', of, name, words };
		return negated ? { kind: 'not', of: whole } : whole;
	}

	#startsOperand(): boolean {
		const { kind, value } = this.#words.next;
		return (
			kind === 'text' || kind === 'number' || (kind === 'name' && !noOperand.has(value)) || value === '['
		);
	}

	/** The last part of `ansible.utils.ipwrap`. */
	#dottedName(): string {
		let name = this.#words.name();
		while (this.#words.take('.')) {
			name = this.#words.name();
		}

		return name;
	}

	#postfix(operand: Jinja): Jinja {
		let of = operand;
		for (;;) {
			if (this.#words.take('.')) {
				of = this.#member(of);
			} else if (this.#words.take('[')) {
				of = this.#index(of);
			} else if (this.#words.take('(')) {
				of = { kind: 'call', of, words: this.#arguments() };
			} else {
				return of;
			}
		}
	}

	#member(of: Jinja): Jinja {
		const optional = this.#words.take('?');
		const { kind, value } = this.#words.next;
		if (kind === 'number') {
			this.#words.skip();
			return { kind: 'index', of, at: { kind: 'number', text: value }, optional };
		}

		return { kind: 'member', of, key: this.#words.name(), optional };
	}

	#index(of: Jinja): Jinja {
		const optional = this.#words.take('?');
		const from = this.#words.sees(':') ? undefined : this.#expression();
		if (this.#words.take(':')) {
			const to = this.#words.sees(']') ? undefined : this.#expression();
			this.#words.expect(']');
			return { kind: 'slice', of, ...(from && { from }), ...(to && { to }) };
		}

		this.#words.expect(']');
		return { kind: 'index', of, at: from ?? emptyText, optional };
	}

	#arguments(): readonly Word[] {
		return this.#parts(')', () => {
			const name = this.#words.takeName();
			return { ...(name && { name }), value: this.#expression() };
		});
	}

	/** What stands between commas, up to the sign that closes it. */
	#parts<T>(end: string, part: () => T): readonly T[] {
		const parts: T[] = [];
		while (!this.#words.take(end)) {
			parts.push(part());
			if (!this.#words.sees(end)) {
				this.#words.expect(',');
			}
		}

		return parts;
	}

	#items(end: string): readonly Jinja[] {
		return this.#parts(end, () => this.#expression());
	}

	#primary(): Jinja {
		const { kind, value, quote = "'" } = this.#words.next;
		if (kind === 'text' || kind === 'number' || (kind === 'name' && !noOperand.has(value))) {
			this.#words.skip();
			return kind === 'text' ? this.#texts(value, quote) : { kind, text: value };
		}

		if (this.#words.take('[')) {
			return { kind: 'list', items: this.#items(']') };
		}

		if (this.#words.take('{')) {
			return this.#map();
		}

		this.#words.expect('(');
		const first = this.#expression();
		if (this.#words.take(')')) {
			return first;
		}

		this.#words.expect(',');
		return { kind: 'list', items: [first, ...this.#items(')')] };
	}

	/** Texts that stand side by side are one. */
	#texts(first: string, quote: string): Jinja {
		let text = first;
		for (; this.#words.next.kind === 'text'; this.#words.skip()) {
			text += this.#words.next.value;
		}

		return { kind: 'text', text, quote };
	}

	#map(): Jinja {
		const entries = this.#parts('}', (): readonly [Jinja, Jinja] => {
			const key = this.#binary(0);
			this.#words.expect(':');
			return [key, this.#expression()];
		});
		return { kind: 'map', entries };
	}
}

const emptyText: Jinja = { kind: 'text', text: '', quote: "'" };
