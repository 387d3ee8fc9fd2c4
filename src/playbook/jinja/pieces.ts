/** A part of a text that holds tags of Jinja. Indices are those of the tag in the text. */
export type Piece =
	| { readonly kind: 'text'; readonly text: string }
	| { readonly kind: 'value'; readonly inner: string; readonly index: number }
	| { readonly kind: 'comment'; readonly whole: string; readonly index: number }
	| {
			readonly kind: 'set';
			readonly name: string;
			readonly value: string;
			readonly whole: string;
			readonly index: number;
	  }
	| {
			readonly kind: 'other';
			readonly word: string;
			readonly rest: string;
			readonly whole: string;
			readonly index: number;
	  }
	| If
	| For;

export type If = {
	readonly kind: 'if';
	/** if, elif …; the last has no test when it is an else. */
	readonly branches: readonly Branch[];
};

export type Branch = {
	readonly test: string | undefined;
	readonly whole: string;
	readonly index: number;
	readonly body: readonly Piece[];
};

export type For = {
	readonly kind: 'for';
	/** The names of the item: one, or two of a map's. */
	readonly items: readonly string[];
	readonly list: string;
	readonly whole: string;
	readonly index: number;
	readonly body: readonly Piece[];
};

const tag = /\{\{-?\s*(.*?)\s*-?\}\}|\{%([-+]?)\s*(.*?)\s*[-+]?%\}|\{#.*?#\}/gs;

type Tag = { readonly word: string; readonly rest: string; readonly whole: string; readonly index: number };
type Flat = Tag | Exclude<Piece, If | For>;

/** The pieces of a text; undefined when its tags do not fit together. */
export function jinjaPieces(text: string): readonly Piece[] | undefined {
	const reader = new Nesting(flat(text));
	const pieces = reader.body([]);
	return reader.isDone ? pieces : undefined;
}

function flat(text: string): readonly Flat[] {
	const pieces: Flat[] = [];
	let from = 0;
	for (const found of text.matchAll(tag)) {
		const [whole, inner, , block] = found;
		const { index } = found;
		pieces.push({ kind: 'text', text: text.slice(from, index) });
		from = index + whole.length;
		if (inner !== undefined) {
			pieces.push({ kind: 'value', inner, index });
		} else if (block === undefined) {
			pieces.push({ kind: 'comment', whole, index });
		} else {
			const [, word = '', rest = ''] = /^(\w+)\s*(.*)$/s.exec(block) ?? [];
			pieces.push({ word, rest, whole, index });
			// As Ansible has it: the line end behind a block is none of the text.
			from += text[from] === '\n' ? 1 : 0;
		}
	}

	return trimmed([...pieces, { kind: 'text', text: text.slice(from) }]);
}

/** `{%-` and `-%}` take the blanks beside them away. */
const trimmed = (pieces: readonly Flat[]): readonly Flat[] =>
	pieces.map((piece, index) => {
		if (!('kind' in piece) || piece.kind !== 'text') {
			return piece;
		}

		const [before, after] = [pieces[index - 1], pieces[index + 1]].map((one) =>
			one && 'whole' in one ? one.whole : '',
		);
		const start = before?.endsWith('-%}') ? piece.text.trimStart() : piece.text;
		return { kind: 'text', text: after?.startsWith('{%-') ? start.trimEnd() : start };
	});

class Nesting {
	readonly #pieces: readonly Flat[];
	#at = 0;
	#fits = true;

	constructor(pieces: readonly Flat[]) {
		this.#pieces = pieces;
	}

	get isDone(): boolean {
		return this.#fits && this.#at === this.#pieces.length;
	}

	/** What stands before one of these words. */
	body(ends: readonly string[]): readonly Piece[] {
		const body: Piece[] = [];
		for (let piece = this.#pieces[this.#at]; piece !== undefined; piece = this.#pieces[this.#at]) {
			if (!('kind' in piece) && ends.includes(piece.word)) {
				return body;
			}

			this.#at++;
			body.push('kind' in piece ? piece : this.#block(piece));
		}

		this.#fits &&= ends.length === 0;
		return body;
	}

	#block(block: Tag): Piece {
		const { word, rest, whole, index } = block;
		if (word === 'if') {
			return this.#if(block);
		}

		if (word === 'for') {
			const [, names = '', list = ''] = /^([\w\s,()]+?)\s+in\s+(.*)$/s.exec(rest) ?? [];
			const body = this.body(['endfor', 'else']);
			this.#at++;
			return { kind: 'for', items: names.match(/\w+/g) ?? [], list, whole, index, body };
		}

		const [, name = '', value = ''] = (word === 'set' && /^(\w+)\s*=\s*(.*)$/s.exec(rest)) || [];
		this.#fits &&= !/^(end|el)/.test(word) || /^end(raw|set|macro|block)$/.test(word);
		return value === ''
			? { kind: 'other', word, rest, whole, index }
			: { kind: 'set', name, value, whole, index };
	}

	#if({ rest, whole, index }: Tag): Piece {
		const branches: Branch[] = [{ test: rest, whole, index, body: this.body(['elif', 'else', 'endif']) }];
		for (;;) {
			const next = this.#pieces[this.#at++];
			if (next === undefined || 'kind' in next || next.word === 'endif') {
				return { kind: 'if', branches };
			}

			const body = this.body(next.word === 'else' ? ['endif'] : ['elif', 'else', 'endif']);
			branches.push({
				test: next.word === 'else' ? undefined : next.rest,
				whole: next.whole,
				index: next.index,
				body,
			});
		}
	}
}
