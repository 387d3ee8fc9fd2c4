import type { Source } from '../diagnostics.ts';

/** A text that was read from a file, and where its lines start. */
export class SourceText {
	readonly file: string;
	readonly text: string;
	#starts: number[] | undefined;
	constructor(file: string, text: string) {
		this.file = file;
		this.text = text;
	}

	/** The place of a range of characters; what is underlined ends with the line. */
	source(start: number, end: number = start): Source {
		this.#starts ??= lineStarts(this.text);
		let [low, high] = [0, this.#starts.length - 1];
		while (low < high) {
			const middle = (low + high + 1) >> 1;
			if ((this.#starts[middle] ?? 0) <= start) {
				low = middle;
			} else {
				high = middle - 1;
			}
		}

		const place = { file: this.file, line: low + 1, column: start - (this.#starts[low] ?? 0) + 1 };
		const underlined = this.text.slice(start, end).split('\n', 1)[0]?.trimEnd() ?? '';
		return underlined.length > 1 ? { ...place, length: underlined.length } : place;
	}
}

/** Where a key and its value stand: offsets in the text, ends exclusive. Items of a list have no key. */
export type Entry = {
	readonly key?: readonly [start: number, end: number] | undefined;
	readonly value: readonly [start: number, end: number];
};

type Position = {
	readonly text: SourceText;
	readonly own: readonly [start: number, end: number];
	readonly entries: ReadonlyMap<string | number, Entry>;
};

// A side table, so that values stay plain data and those who do not care about places never meet them.
const positions = new WeakMap<object, Position>();

/** Remember where a list or record, and each of its items, was written. */
export const remember = (container: object, position: Position): void => {
	positions.set(container, position);
};

/** Give a container the places of another, of which it is a part or a changed copy. */
export function inherit<T extends object>(container: T, from: object): T {
	const position = positions.get(from);
	if (position !== undefined) {
		positions.set(container, position);
	}

	return container;
}

/** What `remember` was told about one item, to copy it to another container of the same file. */
export const entryOf = (container: object, key: string | number): Entry | undefined =>
	positions.get(container)?.entries.get(key);

/** Let a record that was put together from others point to where its items were written, those of one file. */
export function adopt(
	made: object,
	items: readonly { readonly key: string; readonly from: object; readonly fromKey: string | number }[],
): void {
	const first = items.map(({ from }) => positions.get(from)).find((position) => position !== undefined);
	if (first === undefined) {
		return;
	}

	const entries = new Map<string, Entry>();
	for (const { key, from, fromKey } of items) {
		const position = positions.get(from);
		const entry = position?.text === first.text ? position.entries.get(fromKey) : undefined;
		if (entry !== undefined) {
			entries.set(key, entry);
		}
	}

	positions.set(made, { ...first, entries });
}

/**
 * Where a value was written: the list or record itself, or with a key its item, or the key. undefined for data
 * that no file holds.
 */
export function sourceOf(
	container: object,
	key?: string | number,
	part: 'key' | 'value' = 'value',
): Source | undefined {
	const position = positions.get(container);
	if (position === undefined || key === undefined) {
		return position?.text.source(...position.own);
	}

	const entry = position.entries.get(key);
	const range = part === 'key' ? (entry?.key ?? entry?.value) : entry?.value;
	return range && position.text.source(...range);
}

/** An item as it was written, quotes included: `0644` and `"0644"` differ here. */
export function rawOf(container: object, key: string | number): string | undefined {
	const position = positions.get(container);
	const range = position?.entries.get(key)?.value;
	return range && position?.text.text.slice(...range);
}

function lineStarts(text: string): number[] {
	const starts = [0];
	for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) {
		starts.push(at + 1);
	}

	return starts;
}
