import type { Source } from '../diagnostics.ts';
import { Secret } from '../shell/secret.ts';
import { childOf, isMap, kindOf } from './kinds.ts';
import { BadValue, DependsOnUnknown, explainGap, UndefinedVariable } from './problems.ts';
import type { Resolved, Scope } from './scope.ts';
import { isProblem, type Piece, parseTemplate, wholeTag } from './template-parser.ts';
import { Unknown } from './types.ts';

export type TemplateOptions = {
	/** Where an offset of the text stands in a file. */
	readonly place: (index: number) => Source | undefined;
	readonly partials?: ((name: string) => string | undefined) | undefined;
};

const deepestPartial = 50;

/** A string value: a text, or whatever a single tag stands for. @throws UndefinedVariable, BadValue, DependsOnUnknown */
export function renderText(text: string, scope: Scope, options: TemplateOptions): unknown {
	const rendering = new Rendering(scope, options);
	const pieces = rendering.parse(text);
	const name = wholeTag(pieces, text);
	return name === undefined ? rendering.text(pieces) : rendering.lookup(name, [], 0);
}

/** A file: always a text; a secret one when a secret went in. */
export const renderFile = (text: string, scope: Scope, options: TemplateOptions): string | Secret => {
	const rendering = new Rendering(scope, options);
	return rendering.text(rendering.parse(text));
};

class Rendering {
	readonly #scope: Scope;
	readonly #options: TemplateOptions;
	readonly #depth: number;
	#secret = false;

	constructor(scope: Scope, options: TemplateOptions, depth = 0) {
		this.#scope = scope;
		this.#options = options;
		this.#depth = depth;
	}

	parse(text: string): readonly Piece[] {
		const pieces = parseTemplate(text);
		if (isProblem(pieces)) {
			throw this.#bad(pieces.message, pieces.index, pieces.hint);
		}

		return pieces;
	}

	text(pieces: readonly Piece[], items: readonly unknown[] = []): string | Secret {
		const text = this.#join(pieces, items);
		return this.#secret ? new Secret(text) : text;
	}

	/** `items` are the values of the enclosing sections, innermost last. */
	lookup(name: string, items: readonly unknown[], index: number): unknown {
		if (name === '.') {
			if (items.length === 0) {
				throw this.#bad('{{.}} stands for the item of a section, and there is none here', index);
			}

			return this.#known(items.at(-1));
		}

		const [head = '', ...rest] = name.split('.');
		const owner = items.findLast((item) => isMap(item) && Object.hasOwn(item, head));
		const found = owner === undefined ? this.#scope.resolve(head, rest) : follow(owner, [head, ...rest]);
		if ('value' in found) {
			return this.#known(found.value);
		}

		const ownNames = items.flatMap((item) => (isMap(item) ? Object.keys(item) : []));
		const { variable, summary, hint } = explainGap(found.gap, [...this.#scope.names(), ...ownNames]);
		throw new UndefinedVariable(variable, summary, { hint, source: this.#options.place(index) });
	}

	#join(pieces: readonly Piece[], items: readonly unknown[]): string {
		return pieces.map((piece) => this.#one(piece, items)).join('');
	}

	#one(piece: Piece, items: readonly unknown[]): string {
		switch (piece.kind) {
			case 'text':
				return piece.text;
			case 'value':
				return this.#place(piece, this.lookup(piece.name, items, piece.start));
			case 'section':
				return this.#section(piece, items);
			case 'partial':
				return this.#partial(piece, items);
		}
	}

	#place({ name, start }: { readonly name: string; readonly start: number }, value: unknown): string {
		if (value instanceof Secret) {
			this.#secret = true;
			return value.reveal();
		}

		const kind = kindOf(value);
		switch (kind) {
			case 'text':
			case 'number':
			case 'boolean':
				return String(value);
			case 'null':
				throw this.#bad(
					`"${name}" is null, which has no text`,
					start,
					`give it a value, or a section for when it has one: {{#${name}}}…{{/${name}}}`,
				);
			case 'list':
			case 'map':
				throw this.#bad(
					`"${name}" is a ${kind}, which has no text of its own`,
					start,
					`write !cel "to_json(${name})", to_yaml or join into a variable, or a section {{#${name}}}…{{/${name}}}`,
				);
			default:
				throw this.#bad(`"${name}" (${kind}) cannot stand in a text`, start);
		}
	}

	#section(piece: Extract<Piece, { kind: 'section' }>, items: readonly unknown[]): string {
		const value = this.lookup(piece.name, items, piece.start);
		// `on` and `off` are left out: settings have them for values, and a section may ask only whether there is one.
		if (typeof value === 'string' && /^(true|false|yes|no)$/i.test(value)) {
			throw this.#bad(
				`"${piece.name}" is the text "${value}", not a boolean`,
				piece.start,
				`write ${/^(true|yes)$/i.test(value)} without quotes where it gets its value`,
			);
		}

		const empty = !value || (Array.isArray(value) && value.length === 0);
		if (piece.inverted) {
			return empty ? this.#join(piece.body, items) : '';
		}

		if (empty) {
			return '';
		}

		const contents = Array.isArray(value) ? value : [value];
		return contents.map((item) => this.#join(piece.body, value === true ? items : [...items, item])).join('');
	}

	#partial(piece: Extract<Piece, { kind: 'partial' }>, items: readonly unknown[]): string {
		const text = this.#options.partials?.(piece.name);
		if (text === undefined) {
			throw this.#bad(`there is no partial "${piece.name}"`, piece.start);
		}

		if (this.#depth >= deepestPartial) {
			throw this.#bad(`the partial "${piece.name}" includes itself`, piece.start);
		}

		const here = this.#options.place(piece.start);
		const rendering = new Rendering(this.#scope, { ...this.#options, place: () => here }, this.#depth + 1);
		const indented = text.replace(/^(?=.)/gm, piece.indentation);
		const result = rendering.text(rendering.parse(indented), items);
		return this.#place({ name: piece.name, start: piece.start }, result);
	}

	#known(value: unknown): unknown {
		if (value instanceof Unknown) {
			throw new DependsOnUnknown(value);
		}

		return value;
	}

	#bad(summary: string, index: number, hint?: string): BadValue {
		return new BadValue(summary, { hint, source: this.#options.place(index) });
	}
}

/** Follow names into plain data. */
export function follow(
	start: unknown,
	names: readonly (string | number)[],
	before: readonly string[] = [],
): Resolved {
	let value = start;
	for (const [depth, key] of names.entries()) {
		if (value instanceof Unknown) {
			throw new DependsOnUnknown(value);
		}

		const child = childOf(value, key);
		if (child === undefined) {
			const all = [...before, ...names.map(String)];
			return { gap: { names: all, depth: before.length + depth, parent: value } };
		}

		value = child.value;
	}

	return { value };
}
