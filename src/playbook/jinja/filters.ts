import {
	asBoolean,
	asText,
	binds,
	type Cel,
	call,
	cel,
	choice,
	compare,
	each,
	member,
	missing,
	not,
	quoted,
	within,
} from './cel-text.ts';
import { sameFunction } from './functions.ts';
import { testAsFilter, tested } from './tests.ts';

// Filters of Jinja and Ansible as functions of CEL. Only those with the same result.

/** The arguments of a filter or a call. */
export type Words = { readonly plain: readonly Cel[]; readonly named: ReadonlyMap<string, Cel> };

/** Filters that are the operand itself here. */
const nothing = new Set(['list', 'mandatory', 'safe', 'string_list']);

type Filter = (value: Cel, words: Words) => Cel | undefined;

const isTrue = (word: Cel | undefined): boolean => /^true$/i.test(word?.text ?? '');
const isText = (word: Cel | undefined): word is Cel & { readonly kind: 'text' } =>
	/^'[^'\\]*'$|^"[^"\\]*"$/.test(word?.text ?? '');
const bare = (word: Cel): string => word.text.slice(1, -1);
const empty = quoted('');

const defaulted: Filter = (value, { plain: [first, second], named }) => {
	const otherwise = first ?? named.get('default_value') ?? empty;
	const asked = missing(value);
	// With true, what is empty counts as missing.
	return isTrue(second ?? named.get('boolean'))
		? {
				...cel(`cel.bind(v, default(${asked.text}, null), truthy(v) ? v : ${otherwise.text})`),
				...(otherwise.kind && { kind: otherwise.kind }),
			}
		: call('default', [asked, otherwise], otherwise.kind);
};

const at = (list: Cel, index: string): Cel => cel(`${within(list, binds.member)}[${index}]`);

/** A pattern whose groups are not what is asked for: the whole match is. */
const wholeMatch = (pattern: Cel): Cel => ({
	...pattern,
	text: pattern.text.replace(/(?<!\\)\((?!\?)/g, '(?:'),
});

const search: Filter = (value, { plain: [pattern, group, more], named }) => {
	if (pattern === undefined || named.size > 0 || more !== undefined || /\(\?[a-zP]/.test(pattern.text)) {
		return undefined;
	}

	if (group === undefined) {
		return isText(pattern) || /\\/.test(pattern.text)
			? call('find', [value, wholeMatch(pattern)])
			: undefined;
	}

	return /^['"]\\\\1['"]$/.test(group.text)
		? cel(`[${call('find', [value, pattern]).text}]`, 'list')
		: undefined;
};

const mapped: Filter = (list, { plain: [name, ...rest], named }) => {
	const attribute = named.get('attribute');
	if (attribute !== undefined) {
		const otherwise = named.get('default');
		return isText(attribute)
			? each(list, 'map', (item) => {
					const value = keyOf(item, attribute);
					return value && otherwise ? call('default', [value, otherwise]) : value;
				})
			: undefined;
	}

	if (!isText(name)) {
		return undefined;
	}

	const [first, key] = rest;
	return bare(name) === 'extract'
		? first &&
				each(list, 'map', (item) => {
					const found = at(first, item.text);
					return key === undefined ? found : isText(key) ? keyOf(found, key) : undefined;
				})
		: each(list, 'map', (item) => filtered(item, bare(name), { plain: rest, named }));
};

const keyOf = (item: Cel, path: Cel): Cel | undefined =>
	/^\w+(\.\w+)*$/.test(bare(path))
		? bare(path)
				.split('.')
				.reduce((value, key) => (/^\d+$/.test(key) ? at(value, key) : member(value, key)), item)
		: undefined;

const chosenBy =
	(reject: boolean): Filter =>
	(list, { plain: [attribute, ...rest] }) =>
		isText(attribute)
			? each(list, 'filter', (item) => {
					const value = keyOf(item, attribute);
					return value && chosen(value, rest, reject);
				})
			: undefined;

function chosen(value: Cel, [name, ...words]: readonly Cel[], reject: boolean): Cel | undefined {
	const condition =
		name === undefined
			? call('truthy', [value], 'boolean')
			: isText(name)
				? tested(value, bare(name), words)
				: undefined;
	return condition && (reject ? not(condition) : condition);
}

const rounded: Filter = (value, { plain: [digits = cel('0'), method = quoted('common')], named }) => {
	const how = { "'common'": 'round', "'floor'": 'floor', "'ceil'": 'ceil' }[quoted(bare(method)).text];
	const places = Number(digits.text);
	if (how === undefined || Number.isNaN(places) || named.size > 0) {
		return undefined;
	}

	if (places === 0 || how === 'round') {
		return call(how, [value, ...(places === 0 ? [] : [digits])], 'number');
	}

	const scaled = cel(`${within(value, binds.multiply)} * ${10 ** places}`, 'number', binds.multiply);
	return cel(`${how}(${scaled.text}) / ${10 ** places}`, 'number', binds.multiply);
};

const filters: Readonly<Record<string, Filter>> = {
	default: defaulted,
	d: defaulted,
	first: (value) => at(value, '0'),
	last: (value) => at(value, `size(${value.text}) - 1`),
	hash: (value, { plain: [name] }) =>
		isText(name) && bare(name) === 'sha256' ? call('sha256', [value], 'text') : undefined,
	to_nice_json: (value) => call('to_json', [value, cel('4')], 'text'),
	to_nice_yaml: (value) => call('to_yaml', [value], 'text'),
	ternary: (value, { plain: [then, otherwise, more] }) =>
		then && otherwise && more === undefined ? choice(asBoolean(value), then, otherwise) : undefined,
	combine: (value, { plain, named }) =>
		[...named.keys()].every((name) => name === 'recursive')
			? plain.reduce(
					(below, over) =>
						call(isTrue(named.get('recursive')) ? 'merge_deep' : 'merge', [below, over], 'map'),
					value,
				)
			: undefined,
	map: mapped,
	selectattr: chosenBy(false),
	rejectattr: chosenBy(true),
	select: (list, { plain }) => each(list, 'filter', (item) => chosen(item, plain, false)),
	reject: (list, { plain }) => each(list, 'filter', (item) => chosen(item, plain, true)),
	regex_search: search,
	regex_replace: (value, { plain, named }) =>
		named.size === 0 && plain.length === 2 ? call('regex_replace', [value, ...plain], 'text') : undefined,
	regex_escape: (value) => cel(`replace_regex(${value.text}, '([^A-Za-z0-9_])', '\\\\$1')`, 'text'),
	quote: (value) => cel(`"'" + replace(${asText(value).text}, "'", "'\\\\''") + "'"`, 'text', binds.add),
	abs: (value) =>
		choice(compare(value, '<', cel('0')), cel(`-${within(value, binds.sign)}`, 'number', binds.sign), value),
	round: rounded,
	capitalize: (value) =>
		cel(`upper(substring(${value.text}, 0, 1)) + lower(substring(${value.text}, 1))`, 'text', binds.add),
	indent: (value, { plain: [width = cel('4'), first], named }) => {
		const onFirst = first ?? named.get('first');
		return call('indent', [value, named.get('width') ?? width, ...(onFirst ? [onFirst] : [])], 'text');
	},
	join: (value, { plain: [separator = empty], named }) => {
		const list = named.has('attribute') ? mapped(value, { plain: [], named }) : value;
		return list && call('join', [list, named.get('d') ?? separator], 'text');
	},
	sort: (value, { plain, named }) => {
		const key = named.get('attribute');
		const sorted = call('sort', [value, ...(key ? [key] : [])], 'list');
		return plain.length > 0 || [...named.keys()].some((name) => name !== 'attribute' && name !== 'reverse')
			? undefined
			: isTrue(named.get('reverse'))
				? call('reverse', [sorted], 'list')
				: sorted;
	},
	sum: (value, { plain, named }) => {
		const list = named.has('attribute') ? mapped(value, { plain: [], named }) : value;
		const start = named.get('start');
		const sum = list && plain.length === 0 ? call('sum', [list], 'number') : undefined;
		return sum && start ? cel(`${sum.text} + ${within(start, binds.multiply)}`, 'number', binds.add) : sum;
	},
	int: (value, { plain: [otherwise], named }) =>
		otherwise === undefined && named.size === 0 ? call('int', [value], 'number') : undefined,
	product: (value, { plain: [other, more], named }) =>
		other && more === undefined && named.size === 0
			? cel(
					`flatten(${within(value, binds.member)}.map(a, ${within(other, binds.member)}.map(b, [a, b])), 1)`,
					'list',
				)
			: undefined,
	truncate: (value, { plain: [length, , end] }) =>
		length && end?.text === "''" ? call('substring', [value, cel('0'), length], 'text') : undefined,
	flatten: (value, { plain, named }) => {
		const levels = plain[0] ?? named.get('levels');
		return call('flatten', [value, ...(levels ? [levels] : [])], 'list');
	},
};

/** One filter behind an operand; undefined when nothing has the same result. */
export function filtered(value: Cel, name: string, words: Words): Cel | undefined {
	if (nothing.has(name)) {
		return value;
	}

	if (Object.hasOwn(filters, name)) {
		return filters[name]?.(value, words);
	}

	if (testAsFilter.has(name)) {
		return tested(value, name, words.plain, words.named);
	}

	const [same, kind] = (Object.hasOwn(sameFunction, name) ? sameFunction[name] : undefined) ?? [];
	return same === undefined || words.named.size > 0 ? undefined : call(same, [value, ...words.plain], kind);
}
