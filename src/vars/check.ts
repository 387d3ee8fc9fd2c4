import { didYouMean } from '../diagnostics.ts';
import { childrenOf, type Expression, parseExpression } from './cel.ts';
import { functions, macros, optionalMethods, specialFunctions } from './functions.ts';
import { isProblem, type SyntaxProblem } from './template-parser.ts';

const cache = new Map<string, Expression | SyntaxProblem>();

/** The tree of an expression whose functions exist and get as many arguments as they take; or what is wrong. */
export function checkedExpression(text: string): Expression | SyntaxProblem {
	let checked = cache.get(text);
	if (checked === undefined) {
		const tree = parseExpression(text);
		checked = isProblem(tree) ? tree : (findBadCall(tree) ?? tree);
		cache.set(text, checked);
	}

	return checked;
}

type Arity = readonly [least: number, most: number];

/** Whether a call is to one of CEL's two name spaces: `optional.of(x)`, `optional.none()`, `cel.bind(x, 1, x + 1)`. */
export const isNamespaced = (receiver: Expression, method: string): boolean =>
	receiver.op === 'id' && namespaced.has(`${receiver.args}.${method}`);

const namespaced: ReadonlyMap<string, Arity> = new Map([
	['optional.of', [1, 1]],
	['optional.none', [0, 0]],
	['cel.bind', [3, 3]],
]);

function findBadCall(node: Expression): SyntaxProblem | undefined {
	const problem = node.op === 'call' ? badFunction(node) : node.op === 'rcall' ? badMethod(node) : undefined;
	if (problem) {
		return { index: node.start, ...problem };
	}

	for (const child of childrenOf(node)) {
		const inside = findBadCall(child);
		if (inside) {
			return inside;
		}
	}

	return undefined;
}

type Found = { readonly message: string; readonly hint?: string | undefined } | undefined;

function badFunction({ args: [name, values] }: Extract<Expression, { op: 'call' }>): Found {
	const entry = functions.get(name);
	const arity = specialFunctions.get(name) ?? (entry && ([entry.least, entry.takes.length] as const));
	if (arity === undefined) {
		return unknown(name, macros.has(name) ? `write list.${name}(item, …)` : undefined);
	}

	return wrongCount(entry?.signature ?? `${name}()`, values.length, arity);
}

function badMethod({ args: [name, receiver, values] }: Extract<Expression, { op: 'rcall' }>): Found {
	if (isNamespaced(receiver, name) && receiver.op === 'id') {
		const path = `${receiver.args}.${name}`;
		return wrongCount(`${path}()`, values.length, namespaced.get(path) ?? [0, 0]);
	}

	const own = macros.get(name) ?? optionalMethods.get(name);
	if (own) {
		return wrongCount(`.${name}()`, values.length, own);
	}

	const entry = functions.get(name);
	return entry === undefined
		? unknown(name, specialFunctions.has(name) ? `write ${name}(…)` : undefined)
		: wrongCount(entry.signature, values.length + 1, [entry.least, entry.takes.length]);
}

function unknown(name: string, hint: string | undefined): Found {
	const known = [
		...functions.keys(),
		...specialFunctions.keys(),
		...macros.keys(),
		...optionalMethods.keys(),
	];
	return {
		message: `there is no function "${name}"`,
		hint: hint ?? didYouMean(name, known) ?? 'all functions are listed in docs/expressions.md',
	};
}

function wrongCount(signature: string, count: number, [least, most]: Arity): Found {
	if (count >= least && count <= most) {
		return undefined;
	}

	const wanted = least === most ? `${least}` : `${least} to ${most}`;
	return { message: `${signature} takes ${wanted} argument${wanted === '1' ? '' : 's'}, and got ${count}` };
}
