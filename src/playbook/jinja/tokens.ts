/** A word of an expression of Jinja. */
export type Token = {
	readonly kind: 'name' | 'text' | 'number' | 'sign' | 'end';
	/** Of a text, what it stands for, without its quotes. */
	readonly value: string;
	readonly quote?: string;
};

// What CEL has is read too: people write half of it, and the rest as they are used to.
const patterns: readonly (readonly [Token['kind'], RegExp])[] = [
	['number', /\d+(?:\.\d+)?(?![\w])/y],
	['name', /[A-Za-z_]\w*/y],
	['text', /'(?:[^'\\]|\\[\s\S])*'|"(?:[^"\\]|\\[\s\S])*"/y],
	['sign', /\*\*|\/\/|[=!<>]=|&&|\|\||[-+*/%~<>=!|()[\]{}.,:?]/y],
];

/** The words of a text; undefined when it holds something that is none. */
export function tokensOf(text: string): readonly Token[] | undefined {
	const tokens: Token[] = [];
	let at = 0;
	for (at += blanks(text, at); at < text.length; at += blanks(text, at)) {
		const token = tokenAt(text, at);
		if (token === undefined) {
			return undefined;
		}

		const [kind, word] = token;
		tokens.push(
			kind === 'text'
				? { kind, value: unescaped(word.slice(1, -1)), quote: word.slice(0, 1) }
				: { kind, value: word },
		);
		at += word.length;
	}

	return [...tokens, { kind: 'end', value: '' }];
}

const blanks = (text: string, at: number): number => /^\s*/.exec(text.slice(at))?.[0].length ?? 0;

function tokenAt(text: string, at: number): readonly [Token['kind'], string] | undefined {
	for (const [kind, pattern] of patterns) {
		pattern.lastIndex = at;
		const word = pattern.exec(text)?.[0];
		// Behind a dot stands one key: in `a.0.b` there is no fraction.
		if (word !== undefined) {
			return [kind, kind === 'number' && text[at - 1] === '.' ? word.replace(/\..*/, '') : word];
		}
	}

	return undefined;
}

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' };

// What Python does not know stays as it is, with its backslash.
const unescaped = (text: string): string =>
	text.replace(/\\([\s\S])/g, (whole, letter: string) =>
		'\\\'"'.includes(letter) ? letter : (escapes[letter] ?? whole),
	);

/** A text that is no expression. */
export class Unreadable extends Error {}

/** Goes through words from left to right. */
export class Cursor {
	readonly #tokens: readonly Token[];
	#at = 0;

	constructor(tokens: readonly Token[]) {
		this.#tokens = tokens;
	}

	get next(): Token {
		return this.#tokens[this.#at] ?? { kind: 'end', value: '' };
	}

	skip(): void {
		this.#at++;
	}

	/** Whether these signs and names come next. */
	sees(...words: readonly string[]): boolean {
		return words.every((word, index) => {
			const { kind, value } = this.#tokens[this.#at + index] ?? { kind: 'end' };
			return (kind === 'sign' || kind === 'name') && value === word;
		});
	}

	/** The same, and goes behind them. */
	take(...words: readonly string[]): boolean {
		const found = this.sees(...words);
		this.#at += found ? words.length : 0;
		return found;
	}

	/** @throws Unreadable when something else comes. */
	expect(word: string): void {
		if (!this.take(word)) {
			throw new Unreadable();
		}
	}

	/** @throws Unreadable when no name comes. */
	name(): string {
		const { kind, value } = this.next;
		if (kind !== 'name') {
			throw new Unreadable();
		}

		this.skip();
		return value;
	}

	/** The name of `name=value`, with its sign; undefined when something else comes. */
	takeName(): string | undefined {
		const { kind, value } = this.next;
		const found = kind === 'name' && this.#tokens[this.#at + 1]?.value === '=';
		this.#at += found ? 2 : 0;
		return found ? value : undefined;
	}

	/** @throws Unreadable when there is more. */
	end(): void {
		if (this.next.kind !== 'end') {
			throw new Unreadable();
		}
	}
}
