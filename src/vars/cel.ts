import { type ASTNode, Environment, ParseError } from '@marcbachmann/cel-js';
import type { SyntaxProblem } from './template-parser.ts';
import { Mistake } from './values.ts';

// The one file that knows the library. Only its parser is used: its own evaluator keeps whole numbers and
// fractions apart (what YAML holds could not be divided), answers false when types differ, and knows neither
// secrets nor values that are not known yet.

export type Expression = ASTNode;

const environment = new Environment({ enableOptionalTypes: true, unlistedVariablesAreDyn: true });
const cache = new Map<string, Expression | SyntaxProblem>();

/** The tree of an expression, or what is wrong with its text. */
export function parseExpression(text: string): Expression | SyntaxProblem {
	let parsed = cache.get(text);
	if (parsed === undefined) {
		parsed = parse(text);
		cache.set(text, parsed);
	}

	return parsed;
}

function parse(text: string): Expression | SyntaxProblem {
	try {
		return environment.parse(text).ast;
	} catch (error) {
		if (!(error instanceof ParseError)) {
			throw error;
		}

		const index = Math.min(error.range?.start ?? 0, text.length);
		return { message: readable(error.summary, text, index), index, hint: habit(text) };
	}
}

const tokens: Readonly<Record<string, string>> = {
	EOF: 'the end',
	RPAREN: '")"',
	RBRACKET: '"]"',
	RBRACE: '"}"',
	COLON: '":"',
	COMMA: '","',
	IDENTIFIER: 'a name',
};

function readable(summary: string, text: string, index: number): string {
	const expected = /^Expected (\w+), got (\w+)$/.exec(summary);
	const seen = index >= text.length ? 'the end' : `"${text.slice(index).split(/\s/, 1)[0]}"`;
	if (expected) {
		return `expected ${tokens[expected[1] ?? ''] ?? expected[1]}, found ${seen}`;
	}

	const unexpected = /^Unexpected (token|character)/.test(summary);
	return unexpected ? `unexpected ${seen}` : summary.replace(/^./, (first) => first.toLowerCase());
}

// What hands that are used to Ansible write.
const habits: readonly (readonly [RegExp, string])[] = [
	[/\{\{/, 'conditions and !cel are expressions already: write the name without {{ }}'],
	[/\bis\s+(not\s+)?defined\b/, 'write has(vars.NAME), or default(vars.NAME, value)'],
	[/\bis\s+(not\s+)?\w+/, 'there is no "is": write has(vars.NAME), size(x) > 0, result.rc == 0 and so on'],
	[/\|\s*default\b/, 'write default(vars.NAME, value)'],
	[/[^|]\|[^|]/, 'functions are written join(list, ",") or list.join(","), not with |'],
	[/\bnot\s+in\b/, 'write !(x in list)'],
	[/\bnot\b/, 'write ! for not'],
	[/\band\b/, 'write && for and'],
	[/\bor\b/, 'write || for or'],
	[/\bif\b.*\belse\b/, 'write condition ? a : b'],
	[/[^=!<>]=[^=]/, 'write == to compare'],
	[/\b(True|False|None)\b/, 'write true, false and null'],
];

const habit = (text: string): string | undefined => habits.find(([pattern]) => pattern.test(text))?.[1];

/** The parts of an expression, left to right. */
export function childrenOf(node: Expression): readonly Expression[] {
	switch (node.op) {
		case 'value':
		case 'id':
			return [];
		case '.':
		case '.?':
			return [node.args[0]];
		case '!_':
		case '-_':
			return [node.args];
		case 'call':
			return node.args[1];
		case 'rcall':
			return [node.args[1], ...node.args[2]];
		case 'map':
			return node.args.flat();
		default:
			return node.args;
	}
}

/** `x` and `vars.x`. */
export function variableName(node: Expression): string | undefined {
	if (node.op === 'id') {
		return node.args;
	}

	return (node.op === '.' || node.op === '.?') && node.args[0].op === 'id' && node.args[0].args === 'vars'
		? node.args[1]
		: undefined;
}

/** The value of a literal: whole numbers and fractions are one type. @throws Mistake */
export function literalOf(value: unknown): unknown {
	if (
		typeof value === 'string' ||
		typeof value === 'number' ||
		typeof value === 'boolean' ||
		value === null
	) {
		return value;
	}

	const number = value instanceof Uint8Array ? Number.NaN : Number(value);
	if (Number.isSafeInteger(number)) {
		return number;
	}

	throw new Mistake(
		value instanceof Uint8Array
			? 'there are no bytes here, only text'
			: 'this number is too large to be exact',
	);
}
