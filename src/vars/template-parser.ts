import mustache from 'mustache';

/** A piece of a template. Offsets are those of the tag in the text. */
export type Piece =
	| { readonly kind: 'text'; readonly text: string }
	| { readonly kind: 'value'; readonly name: string; readonly start: number; readonly end: number }
	| {
			readonly kind: 'section';
			readonly inverted: boolean;
			readonly name: string;
			readonly start: number;
			readonly end: number;
			readonly body: readonly Piece[];
	  }
	| {
			readonly kind: 'partial';
			readonly name: string;
			readonly start: number;
			readonly end: number;
			/** What stands before the tag when it has a line for itself. */
			readonly indentation: string;
	  };

/** Why a text is no template. */
export type SyntaxProblem = {
	readonly message: string;
	/** Offset in the text. */
	readonly index: number;
	readonly hint?: string | undefined;
};

const cache = new Map<string, readonly Piece[] | SyntaxProblem>();

/** The pieces of a Mustache template, or what is wrong with it. */
export function parseTemplate(text: string): readonly Piece[] | SyntaxProblem {
	let parsed = cache.get(text);
	if (parsed === undefined) {
		parsed = parse(text);
		cache.set(text, parsed);
	}

	return parsed;
}

export const isProblem = <T extends object>(parsed: T | SyntaxProblem): parsed is SyntaxProblem =>
	'message' in parsed;

function parse(text: string): readonly Piece[] | SyntaxProblem {
	try {
		const pieces = mustache.parse(text).flatMap(piece);
		return findBadName(pieces) ?? pieces;
	} catch (error) {
		const message = error instanceof Error ? error.message : String(error);
		const at = / at (\d+)$/.exec(message);
		return {
			message: message.replace(/ at \d+$/, '').replace(/^./, (first) => first.toLowerCase()),
			index: Math.min(at ? Number(at[1]) : 0, text.length),
			hint: 'text with braces of its own needs other delimiters: {{=<% %>=}}',
		};
	}
}

// The library's tokens are tuples: [type, value, start, end, then what the type needs].
function piece(token: readonly unknown[]): readonly Piece[] {
	const [type, value, start, end, extra, tagIndex, lineHasText] = token;
	const [name, from, to] = [String(value), Number(start), Number(end)];
	switch (type) {
		case 'text':
			return [{ kind: 'text', text: name }];
		case 'name':
		case '&':
			return [{ kind: 'value', name, start: from, end: to }];
		case '#':
		case '^': {
			const body = Array.isArray(extra) ? extra.flatMap(piece) : [];
			return [{ kind: 'section', inverted: type === '^', name, start: from, end: to, body }];
		}
		case '>': {
			const alone = tagIndex === 0 && lineHasText !== true;
			const indentation = alone ? String(extra).replace(/[^ \t]/g, '') : '';
			return [{ kind: 'partial', name, start: from, end: to, indentation }];
		}
		default:
			return [];
	}
}

const dottedName = /^(\.|[\w-]+(\.[\w-]+)*)$/;

function findBadName(pieces: readonly Piece[]): SyntaxProblem | undefined {
	for (const part of pieces) {
		if ((part.kind === 'value' || part.kind === 'section') && !dottedName.test(part.name)) {
			return { message: `"${part.name}" is not a name`, index: part.start, hint: advice(part.name) };
		}

		const inside = part.kind === 'section' ? findBadName(part.body) : undefined;
		if (inside) {
			return inside;
		}
	}

	return undefined;
}

function advice(name: string): string {
	const filtered = /^([\w.]+)\s*\|\s*default\((.*)\)$/.exec(name);
	if (filtered) {
		return `templates are Mustache: write !cel "default(vars.${filtered[1]}, ${filtered[2]})" into a variable`;
	}

	if (/^[\w.]+(\[[\w'"]+\])+/.test(name)) {
		return 'write a.0 and a.key instead of a[0] and a["key"]';
	}

	return name.startsWith('.') || name.startsWith('print') || name === ''
		? 'text with braces of its own needs other delimiters: {{=<% %>=}}'
		: `templates are Mustache and only place values: compute with !cel "…" in a variable`;
}

/** The name, when the text is exactly one tag: such a text keeps the type of the value. */
export function wholeTag(pieces: readonly Piece[], text: string): string | undefined {
	const [only] = pieces;
	return pieces.length === 1 && only?.kind === 'value' && only.start === 0 && only.end === text.length
		? only.name
		: undefined;
}
