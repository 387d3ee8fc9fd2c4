import type { Expression } from './cel.ts';
import { decide } from './decide.ts';
import { isMap, kindOf } from './kinds.ts';
import { Mistake, type Opener, Optional } from './values.ts';

/** What an expression binds by itself, by name. */
export type Locals = ReadonlyMap<string, unknown>;

/** What a macro needs to compute its own arguments. */
type Evaluator = {
	readonly opener: Opener;
	run(node: Expression, locals: Locals): unknown;
	/** @throws Mistake when it is neither true nor false */
	test(node: Expression, locals: Locals): boolean;
};

type MacroCall = {
	readonly name: string;
	readonly receiver: Expression;
	readonly nodes: readonly Expression[];
	readonly locals: Locals;
	readonly evaluation: Evaluator;
};

/** Methods whose arguments are not computed first: they bind a name, or are asked for only when needed. */
export function callMacro(call: MacroCall): unknown {
	const { name, receiver, nodes, locals, evaluation } = call;
	const [first, second, third] = nodes;
	switch (name) {
		case 'of':
			return new Optional(first && { value: evaluation.run(first, locals) });
		case 'none':
			return new Optional();
		case 'bind':
			return (
				first &&
				second &&
				third &&
				evaluation.run(third, bound(locals, first, evaluation.run(second, locals)))
			);
		case 'orValue':
		case 'or':
		case 'hasValue':
		case 'value':
			return callOptional(call, evaluation.run(receiver, locals));
		default:
			return loop(call, itemsOf(evaluation.run(receiver, locals), call));
	}
}

const bound = (locals: Locals, variable: Expression, value: unknown): Locals =>
	new Map([...locals, [variable.op === 'id' ? variable.args : '', value]]);

function callOptional({ name, nodes, locals, evaluation }: MacroCall, value: unknown): unknown {
	if (!(value instanceof Optional)) {
		throw new Mistake(
			`.${name}() needs a value that may be missing`,
			'write vars.?NAME, map.?key or list[?0]',
		);
	}

	if (name === 'hasValue') {
		return value.found !== undefined;
	}

	if (value.found) {
		return name === 'or' ? value : value.found.value;
	}

	if (nodes[0] === undefined) {
		throw new Mistake('there is no value', 'write .orValue(…)');
	}

	return evaluation.run(nodes[0], locals);
}

/** Of a map the keys, as in CEL. */
function itemsOf(value: unknown, { name, evaluation }: MacroCall): readonly unknown[] {
	if (Array.isArray(value)) {
		return value;
	}

	if (isMap(value)) {
		return Object.keys(value);
	}

	throw new Mistake(
		`.${name}() goes through a list or the keys of a map, and this is ${evaluation.opener.describe(value)}`,
		kindOf(value) === 'text' ? 'write split(text, ",") to make a list of it' : undefined,
	);
}

function loop({ name, nodes, locals, evaluation }: MacroCall, items: readonly unknown[]): unknown {
	const [variable, predicate, transform] = nodes;
	if (variable === undefined || predicate === undefined) {
		return undefined;
	}

	const holds = (item: unknown): boolean => evaluation.test(predicate, bound(locals, variable, item));
	switch (name) {
		case 'filter':
			return items.filter(holds);
		case 'map':
			return transform === undefined
				? items.map((item) => evaluation.run(predicate, bound(locals, variable, item)))
				: items.filter(holds).map((item) => evaluation.run(transform, bound(locals, variable, item)));
		case 'exists_one':
			return items.filter(holds).length === 1;
		default:
			return decide(
				name === 'exists',
				items.map((item) => () => holds(item)),
			);
	}
}
