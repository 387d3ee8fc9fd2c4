import { isMap, kindOf } from './kinds.ts';
import { Mistake, type Opener } from './values.ts';

/** The two sides of an operator, and how they are written. */
export type Operands = {
	readonly left: unknown;
	readonly right: unknown;
	readonly leftText: string;
	readonly rightText: string;
};

/** `+ - * / % < <= > >= == != in` on values without secrets. @throws Mistake */
export function operate(operator: string, operands: Operands, opener: Opener): unknown {
	switch (operator) {
		case '==':
			return equal(operands, opener);
		case '!=':
			return !equal(operands, opener);
		case 'in':
			return contained(operands, opener);
		case '<':
		case '<=':
		case '>':
		case '>=':
			return compare(operator, operands, opener);
		case '+':
			return add(operands, opener);
		default:
			return calculate(operator, operands, opener);
	}
}

const both = ({ left, right, leftText, rightText }: Operands, opener: Opener): string =>
	`${leftText} is ${opener.describe(left)}, ${rightText} is ${opener.describe(right)}`;

/** Equality of data. Different types are a mistake, but anything may be compared with null. */
export function equal(operands: Operands, opener: Opener): boolean {
	const { left, right } = operands;
	const [kind, other] = [kindOf(left), kindOf(right)];
	if (kind !== other) {
		if (kind === 'null' || other === 'null') {
			return false;
		}

		throw new Mistake(`cannot compare: ${both(operands, opener)}`, conversion(kind, other, operands));
	}

	const inside = { leftText: `an item of ${operands.leftText}`, rightText: `one of ${operands.rightText}` };
	if (Array.isArray(left) && Array.isArray(right)) {
		return (
			left.length === right.length &&
			left.every((item, index) => equal({ left: item, right: right[index], ...inside }, opener))
		);
	}

	if (isMap(left) && isMap(right)) {
		const keys = Object.keys(left);
		return (
			keys.length === Object.keys(right).length &&
			keys.every(
				(key) =>
					Object.hasOwn(right, key) && equal({ left: left[key], right: right[key], ...inside }, opener),
			)
		);
	}

	return left === right;
}

function conversion(
	kind: string,
	other: string,
	{ left, right, leftText, rightText }: Operands,
): string | undefined {
	if (![kind, other].includes('text')) {
		return undefined;
	}

	if ([kind, other].includes('number')) {
		return `take the quotes away, or write string(${kind === 'number' ? leftText : rightText})`;
	}

	if (![kind, other].includes('boolean')) {
		return undefined;
	}

	const [text, textOf, otherOf] =
		typeof left === 'string' ? [left, leftText, rightText] : [String(right), rightText, leftText];
	return /^(true|false)$/.test(text)
		? `take the quotes away, or write bool(${textOf})`
		: `write string(${otherOf}), which is a text`;
}

function contained(operands: Operands, opener: Opener): boolean {
	const { left, right, leftText, rightText } = operands;
	if (isMap(right)) {
		return Object.hasOwn(right, String(left));
	}

	if (typeof right === 'string' && typeof left === 'string') {
		return right.includes(left);
	}

	if (!Array.isArray(right)) {
		throw new Mistake(`"in" needs a list or a map on its right: ${both(operands, opener)}`);
	}

	const alike = right.filter((item) => kindOf(item) === kindOf(left));
	if (alike.length === 0 && right.length > 0 && left !== null && !right.includes(null)) {
		const first = { left, right: right[0], leftText, rightText: `each item of ${rightText}` };
		throw new Mistake(
			`it can never be in it: ${both(first, opener)}`,
			conversion(kindOf(left), kindOf(right[0]), first),
		);
	}

	return alike.some((item) =>
		equal({ left, right: item, leftText, rightText: `an item of ${rightText}` }, opener),
	);
}

function compare(operator: '<' | '<=' | '>' | '>=', operands: Operands, opener: Opener): boolean {
	const { left, right } = operands;
	const order =
		typeof left === 'number' && typeof right === 'number'
			? left - right
			: typeof left === 'string' && typeof right === 'string'
				? Number(left > right) - Number(left < right)
				: undefined;
	if (order === undefined) {
		const hint = conversion(kindOf(left), kindOf(right), operands);
		throw new Mistake(`"${operator}" compares two numbers or two texts: ${both(operands, opener)}`, hint);
	}

	switch (operator) {
		case '<':
			return order < 0;
		case '<=':
			return order <= 0;
		case '>':
			return order > 0;
		case '>=':
			return order >= 0;
	}
}

function add(operands: Operands, opener: Opener): unknown {
	const { left, right } = operands;
	if (typeof left === 'number' && typeof right === 'number') {
		return left + right;
	}

	if (typeof left === 'string' && typeof right === 'string') {
		return left + right;
	}

	if (Array.isArray(left) && Array.isArray(right)) {
		return [...left, ...right];
	}

	const kinds = [kindOf(left), kindOf(right)];
	throw new Mistake(
		`"+" joins two numbers, two texts or two lists: ${both(operands, opener)}`,
		kinds.includes('map')
			? 'maps are joined by merge(a, b)'
			: kinds.includes('text') && kinds.includes('number')
				? 'write string(…) around the number'
				: undefined,
	);
}

function calculate(operator: string, operands: Operands, opener: Opener): number {
	const { left, right, rightText } = operands;
	if (typeof left !== 'number' || typeof right !== 'number') {
		throw new Mistake(`"${operator}" needs two numbers: ${both(operands, opener)}`);
	}

	if (operator === '*') {
		return left * right;
	}

	if (operator === '-') {
		return left - right;
	}

	if (right === 0) {
		throw new Mistake(`division by zero: ${rightText} is 0`);
	}

	return operator === '/' ? left / right : left % right;
}
