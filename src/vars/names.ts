import { childrenOf, type Expression, parseExpression } from './cel.ts';
import { checkedExpression, isNamespaced } from './check.ts';
import { macros } from './functions.ts';
import { isMap } from './kinds.ts';
import { isProblem, type Piece, parseTemplate, type SyntaxProblem } from './template-parser.ts';
import { CelExpression } from './types.ts';

export type { SyntaxProblem } from './template-parser.ts';

/** A variable that a template uses. */
export type TemplateName = {
	readonly name: string;
	/** What follows it: `b`, `0`, `c` in `a.b.0.c`. */
	readonly path: readonly string[];
	/** Offset of the tag in the text. */
	readonly index: number;
};

/** A variable that an expression uses. */
export type ExpressionName = {
	readonly name: string;
	/** What follows it as plain keys: `b`, `c` in `a.b['c'][d]`. */
	readonly path: readonly string[];
	/** Offset in the text, and where the name and its path end. */
	readonly index: number;
	readonly end: number;
	/** The expression asks whether it exists, or says what holds when it does not. */
	readonly guarded: boolean;
};

/** A variable that a value uses, and where in the value. */
export type ValueName = {
	readonly name: string;
	readonly path: readonly string[];
	readonly guarded: boolean;
	/** Offset in the template or expression. */
	readonly index: number;
	readonly text: string;
	/** The list or map that holds it, for `sourceOf`; undefined when the value itself does. */
	readonly container: object | undefined;
	readonly key: string | number | undefined;
	/** Of an expression that knows its own place. */
	readonly expression: CelExpression | undefined;
};

/** What is wrong with the text of a template. */
export function checkTemplate(text: string): SyntaxProblem | undefined {
	const pieces = parseTemplate(text);
	return isProblem(pieces) ? pieces : undefined;
}

/** What is wrong with the text of an expression: its syntax, a function that does not exist. */
export function checkExpression(text: string): SyntaxProblem | undefined {
	const tree = checkedExpression(text);
	return isProblem(tree) ? tree : undefined;
}

/**
 * The variables that a template names. What stands inside a section is left out: there a name may be one of the
 * section's items. A text that is no template names none.
 */
export function namesInTemplate(text: string): readonly TemplateName[] {
	const pieces = text.includes('{{') ? parseTemplate(text) : [];
	return isProblem(pieces) ? [] : pieces.flatMap(namesInPiece);
}

function namesInPiece(piece: Piece): readonly TemplateName[] {
	if (piece.kind !== 'value' && piece.kind !== 'section') {
		return [];
	}

	const [name = '', ...path] = piece.name.split('.');
	const own = name === '' ? [] : [{ name, path, index: piece.start }];
	const inside = piece.kind === 'section' && piece.inverted ? piece.body.flatMap(namesInPiece) : [];
	return [...own, ...inside];
}

/** The variables that an expression names, without those that it binds itself. */
export function namesInExpression(text: string): readonly ExpressionName[] {
	const tree = parseExpression(text);
	if (isProblem(tree)) {
		return [];
	}

	const names = [...namesInNode(tree, new Set(), false)];
	const asked = new Set(questions(tree));
	return names.map((name) => (asked.has(name.name) ? { ...name, guarded: true } : name));
}

function* namesInNode(
	node: Expression,
	bound: ReadonlySet<string>,
	guarded: boolean,
): Generator<ExpressionName> {
	const chain = chainOf(node, bound);
	if (chain !== undefined) {
		const { optional, ...used } = chain;
		yield* used.name === 'vars' ? [] : [{ ...used, guarded: guarded || optional }];
		return;
	}

	if (node.op === 'id') {
		return;
	}

	if (node.op === 'call' && (node.args[0] === 'has' || node.args[0] === 'default')) {
		const [first, ...rest] = node.args[1];
		yield* first ? namesInNode(first, bound, true) : [];
		for (const other of rest) {
			yield* namesInNode(other, bound, guarded);
		}

		return;
	}

	const binding = node.op === 'rcall' ? bindingOf(node) : undefined;
	if (binding) {
		for (const outer of binding.outside) {
			yield* namesInNode(outer, bound, guarded);
		}

		for (const inner of binding.inside) {
			yield* namesInNode(inner, new Set([...bound, binding.name]), guarded);
		}

		return;
	}

	const namespaced = node.op === 'rcall' && isNamespaced(node.args[1], node.args[0]);
	for (const child of childrenOf(node).slice(namespaced ? 1 : 0)) {
		yield* namesInNode(child, bound, guarded);
	}
}

type Chain = Omit<ExpressionName, 'guarded'> & { readonly optional: boolean };

/** A free name and the plain keys behind it: `x`, `x.y['z']`, `vars.x`, `vars.?x`, `vars['x']`. */
function chainOf(node: Expression, bound: ReadonlySet<string>): Chain | undefined {
	if (node.op === 'id') {
		return bound.has(node.args)
			? undefined
			: { name: node.args, path: [], index: node.start, end: node.end, optional: false };
	}

	if (node.op !== '.' && node.op !== '.?' && node.op !== '[]' && node.op !== '[?]') {
		return undefined;
	}

	const [owner, key] = node.args;
	const part = typeof key === 'string' ? key : key.op === 'value' ? key.args : undefined;
	const before = typeof part === 'string' ? chainOf(owner, bound) : undefined;
	if (before === undefined || typeof part !== 'string') {
		return undefined;
	}

	return before.name === 'vars'
		? {
				name: part,
				path: [],
				index: node.pos,
				end: node.end,
				optional: node.op === '.?' || node.op === '[?]',
			}
		: { ...before, path: [...before.path, part], end: node.end };
}

function bindingOf({ args: [method, receiver, nodes] }: Extract<Expression, { op: 'rcall' }>) {
	const [variable, ...rest] = nodes;
	if (variable?.op !== 'id') {
		return undefined;
	}

	if (method === 'bind' && isNamespaced(receiver, method)) {
		return { name: variable.args, outside: rest.slice(0, 1), inside: rest.slice(1) };
	}

	return macros.has(method) ? { name: variable.args, outside: [receiver], inside: rest } : undefined;
}

/** Names whose existence an expression asks for: `has(vars.x)`, `has(x.y)`, `'x' in vars`. */
function questions(node: Expression): readonly string[] {
	const inside = childrenOf(node).flatMap(questions);
	if (node.op === 'call' && node.args[0] === 'has') {
		return [
			...inside,
			...node.args[1].flatMap((asked) => [...namesInNode(asked, new Set(), true)].map(({ name }) => name)),
		];
	}

	if (
		node.op === 'in' &&
		node.args[1].op === 'id' &&
		node.args[1].args === 'vars' &&
		node.args[0].op === 'value'
	) {
		return [...inside, String(node.args[0].args)];
	}

	return inside;
}

/** The variables that a value from a YAML file names, at any depth. */
export function* namesIn(value: unknown, container?: object, key?: string | number): Generator<ValueName> {
	if (typeof value === 'string') {
		for (const { name, path, index } of namesInTemplate(value)) {
			yield { name, path, guarded: false, index, text: value, container, key, expression: undefined };
		}
	} else if (value instanceof CelExpression) {
		for (const used of namesInExpression(value.text)) {
			yield { ...used, text: value.text, container, key, expression: value };
		}
	} else if (Array.isArray(value)) {
		for (const [index, item] of value.entries()) {
			yield* namesIn(item, value, index);
		}
	} else if (isMap(value)) {
		for (const [name, item] of Object.entries(value)) {
			yield* namesIn(item, value, name);
		}
	}
}
