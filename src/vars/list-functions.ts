import { childOf, isMap, kindOf } from './kinds.ts';
import { type CelFunction, define } from './signature.ts';
import { Mistake } from './values.ts';

export const listFunctions: readonly CelFunction[] = [
	define('size(value)', ['any'], size),
	define(
		'join(list, separator)',
		['plain list'],
		(list, separator = '') => list.map(itemText).join(separator),
		['text'],
	),
	define('sort(list, key)', ['plain list'], (list, key) => sorted(list, key), ['text']),
	define('unique(list)', ['plain list'], distinct),
	define('union(list, other)', ['plain list', 'plain list'], (list, other) => distinct([...list, ...other])),
	define('intersect(list, other)', ['plain list', 'plain list'], (list, other) => {
		const known = new Set(other.map(canonical));
		return distinct(list.filter((item) => known.has(canonical(item))));
	}),
	define('difference(list, other)', ['plain list', 'plain list'], (list, other) => {
		const known = new Set(other.map(canonical));
		return distinct(list.filter((item) => !known.has(canonical(item))));
	}),
	define('flatten(list, levels)', ['list'], (list, levels) => list.flat(levels ?? Number.POSITIVE_INFINITY), [
		'number',
	]),
	define(
		'slice(list, from, to)',
		['list', 'number'],
		(list, from, to) => list.slice(from, to ?? list.length),
		['number'],
	),
	define('reverse(list)', ['list'], (list) => list.toReversed()),
	define('range(count)', ['number'], (count) =>
		Array.from({ length: Math.max(0, count) }, (_, index) => index),
	),
	define('min(list)', ['list'], (list) => Math.min(...numbers(list))),
	define('max(list)', ['list'], (list) => Math.max(...numbers(list))),
	define('sum(list)', ['list'], (list) => numbers(list, 0).reduce((a, b) => a + b, 0)),
	define('keys(map)', ['map'], (map) => Object.keys(map)),
	define('values(map)', ['map'], (map) => Object.values(map)),
	define('entries(map)', ['map'], (map) => Object.entries(map).map(([key, value]) => ({ key, value }))),
	define('from_entries(list)', ['plain list'], fromEntries),
	define('merge(map, over)', ['map', 'map'], (map, over) => ({ ...map, ...over })),
	define('merge_deep(map, over)', ['map', 'map'], mergeDeep),
];

function size(value: unknown): number {
	if (typeof value === 'string') {
		return [...value].length;
	}

	if (Array.isArray(value)) {
		return value.length;
	}

	if (isMap(value)) {
		return Object.keys(value).length;
	}

	throw new Mistake(`size() needs a text, a list or a map, not a ${kindOf(value)}`);
}

function itemText(item: unknown): string {
	const kind = kindOf(item);
	if (kind === 'text' || kind === 'number' || kind === 'boolean') {
		return String(item);
	}

	throw new Mistake(
		`join() takes texts and numbers, and one item is a ${kind}`,
		'first write list.map(x, x.name)',
	);
}

function sorted(list: readonly unknown[], key: string | undefined): readonly unknown[] {
	const values = list.map((item) => ({ item, by: key === undefined ? item : childOf(item, key)?.value }));
	const kind = kindOf(values[0]?.by);
	const alien = values.find(({ by }) => kindOf(by) !== kind || !['text', 'number'].includes(kind));
	if (alien) {
		throw new Mistake(
			`sort() needs a list of texts or of numbers, and ${key ? `"${key}" of` : ''} one item is a ${kindOf(alien.by)}`,
			key === undefined && kind === 'map' ? 'sort maps by one of their keys: sort(list, "name")' : undefined,
		);
	}

	return values.sort((a, b) => order(a.by, b.by)).map(({ item }) => item);
}

// By code point, so that the order is the same on every machine.
const order = (a: unknown, b: unknown): number =>
	typeof a === 'number' && typeof b === 'number'
		? a - b
		: Number(String(a) > String(b)) - Number(String(a) < String(b));

function numbers(list: readonly unknown[], least = 1): readonly number[] {
	const found = list.filter((item) => typeof item === 'number');
	if (found.length < list.length || found.length < least) {
		throw new Mistake(
			found.length < list.length ? 'an item of the list is not a number' : 'the list is empty',
		);
	}

	return found;
}

const canonical = (value: unknown): string =>
	JSON.stringify(value, (_, item: unknown) =>
		isMap(item) ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => order(a, b))) : item,
	);

function distinct(list: readonly unknown[]): readonly unknown[] {
	const seen = new Set<string>();
	return list.filter((item) => {
		const key = canonical(item);
		const isNew = !seen.has(key);
		seen.add(key);
		return isNew;
	});
}

/** The map whose entries these are: what `entries` gives, backwards. The last of two with one key counts. */
function fromEntries(list: readonly unknown[]): Fields {
	return Object.fromEntries(
		list.map((entry) => {
			if (!isMap(entry) || typeof entry.key !== 'string' || !Object.hasOwn(entry, 'value')) {
				throw new Mistake(
					'from_entries() takes maps with a key, which is a text, and a value',
					"first write list.map(x, {'key': x.name, 'value': x})",
				);
			}

			return [entry.key, entry.value];
		}),
	);
}

type Fields = Readonly<Record<string, unknown>>;

function mergeDeep(map: Fields, over: Fields): Fields {
	const merged = Object.entries(over).map(([key, value]): [string, unknown] => {
		const below = Object.hasOwn(map, key) ? map[key] : undefined;
		return [key, isMap(below) && isMap(value) ? mergeDeep(below, value) : value];
	});
	return { ...map, ...Object.fromEntries(merged) };
}
