// Loops of Mustache place the keys of their items and compute nothing.

/** A loop around a tag. */
export type Loop = {
	readonly items: readonly string[];
	/** What is computed of each item: it has to be there before the loop. */
	readonly computed: Map<string, string>;
};

/** Whether an expression uses the item of a loop. */
export const usesItem = (text: string, items: readonly string[]): boolean =>
	new RegExp(`(?<![\\w'".])(?:vars\\.)?(?:${items.join('|')}|loop)\\b|vars\\['loop'\\]`).test(text);

/** The loop whose item a dotted name is of. */
export const inLoop = (name: string, loops: readonly Loop[]): Loop | undefined =>
	loops.findLast(({ items }) => items.includes(name.split('.')[0] ?? ''));

/** An item of a loop or a key of it, in the section of the loop. Items that something is computed for keep their names. */
export function nameOfItem(name: string, { items, computed }: Loop): string {
	const [first = '', ...path] = name.split('.');
	return computed.size > 0
		? name
		: items.length > 1
			? [first === items[0] ? 'key' : 'value', ...path].join('.')
			: path.length === 0
				? '.'
				: path.join('.');
}

/** The list of a loop, with what is computed for each item. */
export function loopedOver(from: string, { items, computed }: Loop): string {
	const [item = 'item', value] = items;
	const list = value === undefined ? from : `entries(${from})`;
	if (computed.size === 0) {
		return list;
	}

	const entries = [...computed].map(([name, cel]) => `'${name}': ${cel}`);
	const own =
		value === undefined ? [`'${item}': ${item}`] : [`'${item}': entry.key`, `'${value}': entry.value`];
	const all = `{${[...own, ...entries].join(', ')}}`;
	const counted = /\bvars\['loop'\]\.|\bloop\./.test(all);
	const each = counted
		? `range(size(${list})).map(i, ${bound(items, `${list}[i]`, all)})`
		: value === undefined
			? `${list}.map(${item}, ${all})`
			: `${list}.map(entry, ${bound(items, 'entry', all)})`;
	return ofCount(each, list);
}

const bound = ([item = '', value]: readonly string[], entry: string, text: string): string =>
	value === undefined
		? `cel.bind(${item}, ${entry}, ${text})`
		: `cel.bind(entry, ${entry}, cel.bind(${item}, entry.key, cel.bind(${value}, entry.value, ${text})))`;

const ofCount = (text: string, list: string): string =>
	text
		.replaceAll("vars['loop']", 'loop')
		.replaceAll(/\bloop\.index0\b/g, 'i')
		.replaceAll(/\bloop\.index\b/g, '(i + 1)')
		.replaceAll(/\bloop\.first\b/g, '(i == 0)')
		.replaceAll(/\bloop\.last\b/g, `(i == size(${list}) - 1)`)
		.replaceAll(/\bloop\.length\b/g, `size(${list})`);
