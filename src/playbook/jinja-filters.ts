// Filters of Jinja and Ansible as functions of CEL. Only those with the same result.

/** The name of the same function, where only the form differs: `x | upper` is `upper(x)`. */
const sameFunction: Readonly<Record<string, string>> = {
	b64decode: 'b64decode',
	b64encode: 'b64encode',
	basename: 'basename',
	bool: 'truthy',
	combine: 'merge',
	comment: 'comment',
	count: 'size',
	difference: 'difference',
	dict2items: 'entries',
	dirname: 'dirname',
	flatten: 'flatten',
	float: 'double',
	from_json: 'from_json',
	from_yaml: 'from_yaml',
	indent: 'indent',
	int: 'int',
	intersect: 'intersect',
	ipwrap: 'ip_wrap',
	items2dict: 'from_entries',
	join: 'join',
	length: 'size',
	lower: 'lower',
	max: 'max',
	min: 'min',
	regex_replace: 'regex_replace',
	regex_search: 'find',
	replace: 'replace',
	reverse: 'reverse',
	sort: 'sort',
	split: 'split',
	string: 'string',
	sum: 'sum',
	to_json: 'to_json',
	to_yaml: 'to_yaml',
	trim: 'trim',
	union: 'union',
	unique: 'unique',
	upper: 'upper',
};

const missing = (operand: string): string =>
	/^[\w.]+$/.test(operand) && !operand.startsWith('vars.') ? `vars.${operand}` : operand;

const isText = (word: string | undefined): word is string => /^'[^'\\]*'$|^"[^"\\]*"$/.test(word ?? '');

/** One filter behind an operand; undefined when there is no such function. Texts among the words have their quotes. */
export function filtered(operand: string, filter: string, words: readonly string[]): string | undefined {
	const [first = '', second] = words;
	switch (filter) {
		case 'default':
		case 'd': {
			const value = first === '' ? "''" : first;
			// With true, what is empty counts as missing.
			return /^(boolean=)?true$/i.test(second ?? '')
				? `cel.bind(v, default(${missing(operand)}, null), truthy(v) ? v : ${value})`
				: `default(${missing(operand)}, ${value})`;
		}

		case 'first':
			return `${operand}[0]`;
		case 'last':
			return `${operand}[size(${operand}) - 1]`;
		case 'list':
		case 'mandatory':
		case 'safe':
			return operand;
		case 'hash':
			return isText(first) && first.slice(1, -1) === 'sha256' ? `sha256(${operand})` : undefined;
		case 'to_nice_json':
			return `to_json(${operand}, 4)`;
		case 'to_nice_yaml':
			return `to_yaml(${operand})`;
		case 'ternary':
			return words.length === 2 ? `(${operand} ? ${first} : ${second})` : undefined;
		case 'combine':
			return words.some((word) => /^recursive\s*=\s*true$/i.test(word))
				? `merge_deep(${operand}, ${first})`
				: plain(operand, filter, words);
		case 'map':
			return mapped(operand, words);
		case 'selectattr':
		case 'rejectattr':
			return chosen(operand, filter === 'rejectattr', words);
		default:
			return plain(operand, filter, words);
	}
}

function plain(operand: string, filter: string, words: readonly string[]): string | undefined {
	const name = Object.hasOwn(sameFunction, filter) ? sameFunction[filter] : undefined;
	return name === undefined || words.some((word) => /^\w+\s*=[^=]/.test(word))
		? undefined
		: `${name}(${[operand, ...words.filter((word) => word !== '')].join(', ')})`;
}

/** `map(attribute='a.b')` and `map('upper')`. */
function mapped(operand: string, words: readonly string[]): string | undefined {
	const [first = '', ...rest] = words;
	const attribute = /^attribute\s*=\s*(.*)$/s.exec(first)?.[1];
	if (isText(attribute) && rest.length === 0) {
		return `${operand}.map(x, x.${attribute.slice(1, -1)})`;
	}

	const inner = isText(first) ? filtered('x', first.slice(1, -1), rest) : undefined;
	return inner && `${operand}.map(x, ${inner})`;
}

const tests: Readonly<Record<string, (value: string, than: string) => string>> = {
	'==': (value, than) => `${value} == ${than}`,
	equalto: (value, than) => `${value} == ${than}`,
	eq: (value, than) => `${value} == ${than}`,
	'!=': (value, than) => `${value} != ${than}`,
	ne: (value, than) => `${value} != ${than}`,
	in: (value, than) => `${value} in ${than}`,
	defined: (value) => `has(${value})`,
	match: (value, than) => `matches(${value}, ${than.replace(/^(['"])/, '$1^')})`,
	search: (value, than) => `matches(${value}, ${than})`,
};

function chosen(operand: string, reject: boolean, words: readonly string[]): string | undefined {
	const [attribute, name, than = ''] = words;
	const key = isText(attribute) ? attribute.slice(1, -1) : undefined;
	const test = name === undefined ? undefined : isText(name) ? tests[name.slice(1, -1)] : undefined;
	if (key === undefined || (name !== undefined && test === undefined)) {
		return undefined;
	}

	const condition = test === undefined ? `truthy(x.${key})` : test(`x.${key}`, than);
	return `${operand}.filter(x, ${reject ? `!(${condition})` : condition})`;
}
