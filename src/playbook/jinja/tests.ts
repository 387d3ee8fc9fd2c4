import {
	and,
	asText,
	binds,
	type Cel,
	call,
	cel,
	compare,
	each,
	missing,
	not,
	quoted,
	within,
} from './cel-text.ts';

// Tests of Jinja and Ansible, `x is NAME(…)`, as conditions of CEL. Only those with the same result.

const has = (value: Cel): Cel => call('has', [missing(value)], 'boolean');

const isKind = (value: Cel, ...kinds: readonly string[]): Cel =>
	kinds.length === 1
		? compare(call('type', [value], 'text'), '==', quoted(kinds[0] ?? ''))
		: compare(call('type', [value], 'text'), 'in', cel(`[${kinds.map((kind) => `'${kind}'`).join(', ')}]`));

/** Of a result that was registered. */
const result = (value: Cel, key: string): Cel => cel(`${within(value, binds.member)}.${key}`, 'boolean');

const compared =
	(sign: string) =>
	(value: Cel, [than]: readonly Cel[]): Cel | undefined =>
		than && compare(value, sign, than);

/** What JavaScript has otherwise in patterns. */
const isForeign = (pattern: Cel): boolean => /\(\?(?:[aiLmsux]+[):]|P)/.test(pattern.text);

function matches(value: Cel, pattern: Cel | undefined, anchored: boolean): Cel | undefined {
	if (pattern === undefined || isForeign(pattern)) {
		return undefined;
	}

	const [quote = ''] = /^['"]/.exec(pattern.text) ?? [];
	const inner = pattern.text.slice(1, -1);
	const whole = !anchored
		? pattern
		: quote === ''
			? cel(`'^(?:' + ${within(pattern, binds.add)} + ')'`)
			: cel(`${quote}^${inner.includes('|') ? `(?:${inner})` : inner.replace(/^\^/, '')}${quote}`);
	return call('matches', [value, whole], 'boolean');
}

function version(value: Cel, [than, given]: readonly Cel[]): Cel | undefined {
	const sign = given === undefined ? '==' : given.text.slice(1, -1);
	if (than === undefined) {
		return undefined;
	}

	const [mine, other] = [value, than].map((one) =>
		one.kind === 'number' && /^[\d.]+$/.test(one.text) ? quoted(one.text) : asText(one),
	);
	if (mine === undefined || other === undefined) {
		return undefined;
	}

	const atLeast = call('version_ge', [mine, other], 'boolean');
	const atMost = call('version_ge', [other, mine], 'boolean');
	switch (sign) {
		case '>=':
		case 'ge':
			return atLeast;
		case '<':
		case 'lt':
			return not(atLeast);
		case '<=':
		case 'le':
			return atMost;
		case '>':
		case 'gt':
			return not(atMost);
		case '==':
		case '=':
		case 'eq':
			return and(atLeast, atMost);
		case '!=':
		case '<>':
		case 'ne':
			return not(and(atLeast, atMost));
		default:
			return undefined;
	}
}

type Test = (value: Cel, words: readonly Cel[]) => Cel | undefined;

const tests: Readonly<Record<string, Test>> = {
	defined: has,
	undefined: (value) => not(has(value)),
	none: (value) => compare(value, '==', cel('null')),
	null: (value) => compare(value, '==', cel('null')),
	string: (value) => isKind(value, 'text'),
	number: (value) => isKind(value, 'number'),
	boolean: (value) => isKind(value, 'boolean'),
	mapping: (value) => isKind(value, 'map'),
	sequence: (value) => isKind(value, 'list', 'text', 'map'),
	iterable: (value) => isKind(value, 'list', 'text', 'map'),
	truthy: (value) => call('truthy', [value], 'boolean'),
	falsy: (value) => not(call('truthy', [value], 'boolean')),
	changed: (value) => result(value, 'changed'),
	change: (value) => result(value, 'changed'),
	failed: (value) => result(value, 'failed'),
	failure: (value) => result(value, 'failed'),
	skipped: (value) => result(value, 'skipped'),
	skip: (value) => result(value, 'skipped'),
	success: (value) => not(result(value, 'failed')),
	succeeded: (value) => not(result(value, 'failed')),
	successful: (value) => not(result(value, 'failed')),
	true: (value) => compare(value, '==', cel('true')),
	false: (value) => compare(value, '==', cel('false')),
	'==': compared('=='),
	eq: compared('=='),
	equalto: compared('=='),
	sameas: compared('=='),
	'!=': compared('!='),
	ne: compared('!='),
	'<': compared('<'),
	lt: compared('<'),
	lessthan: compared('<'),
	'<=': compared('<='),
	le: compared('<='),
	'>': compared('>'),
	gt: compared('>'),
	greaterthan: compared('>'),
	'>=': compared('>='),
	ge: compared('>='),
	in: compared('in'),
	contains: (value, [than]) => than && compare(than, 'in', value),
	subset: (value, [than]) =>
		than && compare(call('size', [call('difference', [value, than])], 'number'), '==', cel('0')),
	superset: (value, [than]) =>
		than && compare(call('size', [call('difference', [than, value])], 'number'), '==', cel('0')),
	match: (value, [pattern]) => matches(value, pattern, true),
	search: (value, [pattern]) => matches(value, pattern, false),
	regex: (value, [pattern]) => matches(value, pattern, false),
	version,
	version_compare: version,
	abs: (value) => call('startsWith', [value, quoted('/')], 'boolean'),
	even: (value) =>
		compare(cel(`${within(value, binds.multiply)} % 2`, 'number', binds.multiply), '==', cel('0')),
	odd: (value) =>
		compare(cel(`${within(value, binds.multiply)} % 2`, 'number', binds.multiply), '!=', cel('0')),
	all: (value) => each(value, 'all', (item) => item),
	any: (value) => each(value, 'exists', (item) => item),
};

/**
 * The condition; undefined when there is none with the same result. Of words with names, such as `ignorecase`, only
 * those of versions mean nothing here.
 */
export const tested = (
	value: Cel,
	name: string,
	words: readonly Cel[],
	named: ReadonlyMap<string, Cel> = new Map(),
): Cel | undefined =>
	Object.hasOwn(tests, name) && (named.size === 0 || tests[name] === version)
		? tests[name]?.(value, words)
		: undefined;

/** The filter `version('1.2', '>=')`, and `x | search('…')`, as they were written once. */
export const testAsFilter = new Set([
	'version',
	'version_compare',
	'search',
	'match',
	'changed',
	'failed',
	'skipped',
	'success',
	'succeeded',
]);
