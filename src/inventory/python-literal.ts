/** What a text means as a Python literal. */
export type Literal = { readonly value: unknown };

/**
 * The value of a Python literal, as `ast.literal_eval` has it: that is how Ansible types the values of an INI
 * inventory. Tuples and sets become lists. undefined for a text that is none: it then stands for itself.
 */
export function pythonLiteral(text: string): Literal | undefined {
	const reader = new Reader(text);
	const items = [reader.value()];
	let tuple = false;
	while (items.at(-1) !== undefined && reader.skip(',')) {
		tuple = true;
		if (reader.atEnd()) {
			break;
		}

		items.push(reader.value());
	}

	const values = items.flatMap((item) => (item === undefined ? [] : [item.value]));
	if (!reader.atEnd() || values.length < items.length) {
		return undefined;
	}

	return { value: tuple ? values : values[0] };
}

const words: Readonly<Record<string, unknown>> = { True: true, False: false, None: null };
const escapes: Readonly<Record<string, string>> = {
	n: '\n',
	t: '\t',
	r: '\r',
	a: '\u0007',
	b: '\b',
	f: '\f',
	v: '\v',
	'\\': '\\',
	"'": "'",
	'"': '"',
	'\n': '',
};
const number =
	/^[+-]?\s*(?:0[xX][\da-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+|(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d+)?)/;
const string =
	/^([rRuUbB]?)('''[\s\S]*?'''|"""[\s\S]*?"""|'(?:[^'\\\n]|\\[\s\S])*'|"(?:[^"\\\n]|\\[\s\S])*")/;

class Reader {
	readonly #text: string;
	#at = 0;
	constructor(text: string) {
		this.#text = text;
	}

	atEnd(): boolean {
		this.#blanks();
		return this.#at === this.#text.length;
	}

	skip(sign: string): boolean {
		this.#blanks();
		const found = this.#text.startsWith(sign, this.#at);
		this.#at += found ? sign.length : 0;
		return found;
	}

	value(): Literal | undefined {
		this.#blanks();
		if (this.skip('[')) {
			return this.#list(']');
		}

		if (this.skip('(')) {
			return this.#parenthesis();
		}

		return this.skip('{') ? this.#braces() : this.#atom();
	}

	#atom(): Literal | undefined {
		const rest = this.#text.slice(this.#at);
		const word = /^[A-Za-z_]\w*(?!['"\w])/.exec(rest)?.[0];
		if (word !== undefined && Object.hasOwn(words, word)) {
			this.#at += word.length;
			return { value: words[word] };
		}

		if (string.test(rest)) {
			return this.#strings();
		}

		const digits = number.exec(rest)?.[0] ?? '';
		const value = numeric(digits);
		this.#at += digits.length;
		return value === undefined || /^[\w.]/.test(this.#text.slice(this.#at)) ? undefined : { value };
	}

	// Strings that stand side by side are one.
	#strings(): Literal {
		let value = '';
		for (let match = this.#string(); match !== null; match = this.#string()) {
			const [whole, prefix = '', quoted = ''] = match;
			const quotes = /^('''|""")/.test(quoted) ? 3 : 1;
			const inner = quoted.slice(quotes, -quotes);
			value += /r/i.test(prefix) ? inner : unescaped(inner);
			this.#at += whole.length;
		}

		return { value };
	}

	#string(): RegExpExecArray | null {
		this.#blanks();
		return string.exec(this.#text.slice(this.#at));
	}

	#list(close: string): Literal | undefined {
		const value: unknown[] = [];
		while (!this.skip(close)) {
			const item = this.value();
			if (item === undefined || !this.#goesOn(close)) {
				return undefined;
			}

			value.push(item.value);
		}

		return { value };
	}

	// `(1)` is 1, `(1,)` and `(1, 2)` are lists.
	#parenthesis(): Literal | undefined {
		const start = this.#at;
		const first = this.value();
		if (first !== undefined && this.skip(')')) {
			return first;
		}

		this.#at = start;
		return this.#list(')');
	}

	#braces(): Literal | undefined {
		const start = this.#at;
		const value: Record<string, unknown> = {};
		while (!this.skip('}')) {
			const key = this.value();
			if (!this.skip(':')) {
				// Not a dictionary but a set.
				this.#at = start;
				return this.#set();
			}

			const item = this.value();
			if (key === undefined || key.value === '__proto__' || item === undefined || !this.#goesOn('}')) {
				return undefined;
			}

			value[String(key.value)] = item.value;
		}

		return { value };
	}

	// Python cannot put lists into a set, so that `{{1}}` is no literal: it may be half a template.
	#set(): Literal | undefined {
		const list = this.#list('}');
		const items = Array.isArray(list?.value) ? list.value : [];
		return items.some((item) => typeof item === 'object' && item !== null) ? undefined : list;
	}

	#goesOn(close: string): boolean {
		this.#blanks();
		return this.skip(',') || this.#text.startsWith(close, this.#at);
	}

	#blanks(): void {
		this.#at += /^(?:\s|#[^\n]*)*/.exec(this.#text.slice(this.#at))?.[0].length ?? 0;
	}
}

function numeric(text: string): number | undefined {
	const digits = text.replace(/^[+-]\s*/, '');
	const decimal = /^\d[\d_]*$/.test(digits);
	if (digits === '' || /__|_$|_[.eE]|[xXoObB]_*$/.test(digits) || (decimal && /^0[\d_]*[1-9]/.test(digits))) {
		return undefined;
	}

	const value = Number(digits.replaceAll('_', ''));
	return text.startsWith('-') ? -value : value;
}

const unescaped = (text: string): string =>
	text.replace(
		/\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([0-7]{1,3})|([\s\S]))/g,
		(whole, x, u, long, octal, sign: string) => {
			const code = x ?? u ?? long;
			if (code !== undefined) {
				return String.fromCodePoint(Number.parseInt(code, 16));
			}

			return octal === undefined ? (escapes[sign] ?? whole) : String.fromCodePoint(Number.parseInt(octal, 8));
		},
	);
