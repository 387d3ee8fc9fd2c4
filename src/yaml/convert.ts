import { isAlias, isCollection, isMap, isPair, isScalar, isSeq, type Node, Scalar, type YAMLMap } from 'yaml';
import type { Diagnostics } from '../diagnostics.ts';
import { oldWord } from './old-words.ts';
import { type Entry, entryOf, remember, type SourceText } from './positions.ts';
import { isKnownTag, tagged } from './tagged.ts';

/** Nodes that aliases may stand for in all; beyond it a small file could be a huge value. */
const aliasLimit = 100_000;

type Context = {
	readonly text: SourceText;
	readonly problems: Diagnostics;
	/** What each anchor stands for, and of how many nodes it consists. */
	readonly anchors: Map<string, { readonly value: unknown; readonly size: number }>;
	/** Nodes so far, those that aliases stand for counted each time. */
	nodes: number;
	aliased: number;
	/** Plain words mean what they mean in YAML 1.1. */
	readonly old: boolean;
};

/** The parsed nodes of a file as plain data. */
export const convert = (root: unknown, text: SourceText, problems: Diagnostics, old = false): unknown =>
	value(root, { text, problems, anchors: new Map(), nodes: 0, aliased: 0, old });

function value(node: unknown, context: Context): unknown {
	context.nodes++;
	if (isAlias(node)) {
		return aliasValue(node.source, node, context);
	}

	if (!isScalar(node) && !isCollection(node)) {
		return null;
	}

	const before = context.nodes;
	const result = content(node, context);
	if (node.anchor !== undefined) {
		context.anchors.set(node.anchor, { value: result, size: context.nodes - before + 1 });
	}

	return result;
}

function content(node: Node, context: Context): unknown {
	if (node.tag !== undefined && !isKnownTag(node.tag)) {
		const plain = isScalar(node) ? node.value : plainContent(node, context);
		return tagged(node.tag, plain, context.text.source(...range(node)), context.problems);
	}

	if (!isScalar(node)) {
		return plainContent(node, context);
	}

	const content = context.old && isPlain(node) ? old(node, context) : node.value;
	if (typeof content !== 'number' || isExact(content, node.source ?? '')) {
		return content;
	}

	context.problems.error(`the number ${node.source} is too large to be kept exactly`, {
		source: context.text.source(...range(node)),
		hint: `put it in quotes to keep it as text: "${node.source}"`,
	});
	return node.source;
}

const isPlain = ({ type, tag }: Scalar): boolean => type === Scalar.PLAIN && tag === undefined;

function old(node: Scalar, { text, problems }: Context): unknown {
	const word = node.source ?? '';
	const { value: content, surprise } = oldWord(word);
	if (surprise !== undefined) {
		problems.warning(`${word} is the number ${content} (${surprise}), as in Ansible`, {
			source: text.source(...range(node)),
			hint: `write "${word}" in quotes for the text, or ${content} for the number`,
		});
	}

	return content;
}

const isExact = (number: number, written: string): boolean =>
	Number.isFinite(number)
		? !Number.isInteger(number) || Number.isSafeInteger(number) || /[.e]/i.test(written)
		: /^[-+]?\.(inf|nan)$/i.test(written);

function plainContent(node: Node, context: Context): unknown {
	if (isMap(node)) {
		return record(node, context);
	}

	const items: unknown[] = [];
	const entries = new Map<number, Entry>();
	for (const [index, item] of (isSeq(node) ? node.items : []).entries()) {
		items.push(isPair(item) ? null : value(item, context));
		entries.set(index, { value: range(item) });
	}

	remember(items, { text: context.text, own: range(node), entries });
	return items;
}

function record(node: YAMLMap, context: Context): Record<string, unknown> {
	const result: Record<string, unknown> = {};
	const entries = new Map<string, Entry>();
	const merged = new Set<string>();
	for (const { key, value: item } of node.items) {
		if (isScalar(key) && key.value === '<<' && key.type === Scalar.PLAIN) {
			merge(item, result, entries, merged, context);
			continue;
		}

		const name = keyName(key, context);
		if (name === undefined) {
			continue;
		}

		const first = entries.get(name)?.key;
		if (first !== undefined && !merged.delete(name)) {
			context.problems.error(`the key "${name}" is given twice`, {
				source: context.text.source(...range(key)),
				hint: `it is already given on line ${context.text.source(...first).line}: remove one of them`,
			});
		}

		result[name] = value(item, context);
		const keyRange = range(key);
		entries.set(name, { key: keyRange, value: item === null ? keyRange : range(item, keyRange) });
	}

	remember(result, { text: context.text, own: range(node), entries });
	return result;
}

function keyName(key: unknown, { text, problems }: Context): string | undefined {
	if (isMap(key)) {
		problems.error('a key must be text, and this one is a map', {
			source: text.source(...range(key)),
			hint: 'put a template in quotes: "{{ name }}"',
		});
	} else if (!isScalar(key) || key.value === null) {
		problems.error('a key must be text', { source: text.source(...range(key)) });
	} else if (key.value === '__proto__') {
		problems.error('the name "__proto__" cannot be used as a key', {
			source: text.source(...range(key)),
		});
	} else {
		// As written: the key 0644 is not the key 644.
		return typeof key.value === 'string' ? key.value : (key.source ?? String(key.value));
	}

	return undefined;
}

/** `<<: *base` or `<<: [*a, *b]`: keys of its own win over merged ones, earlier sources over later. */
function merge(
	node: unknown,
	result: Record<string, unknown>,
	entries: Map<string, Entry>,
	merged: Set<string>,
	context: Context,
): void {
	const given = value(node, context);
	for (const source of Array.isArray(given) ? given : [given]) {
		if (!isRecord(source)) {
			context.problems.error('the merge key << needs a map, or a list of maps', {
				source: context.text.source(...range(node)),
				hint: 'write <<: *name, where &name marks a map',
			});
			continue;
		}

		for (const [name, item] of Object.entries(source)) {
			const entry = entryOf(source, name);
			if (!Object.hasOwn(result, name) && entry !== undefined) {
				result[name] = item;
				entries.set(name, entry);
				merged.add(name);
			}
		}
	}
}

function aliasValue(name: string, node: unknown, context: Context): unknown {
	const anchor = context.anchors.get(name);
	const source = context.text.source(...range(node));
	if (anchor === undefined) {
		context.problems.error(`nothing before this place is marked &${name}`, { source });
		return null;
	}

	context.nodes += anchor.size;
	const already = context.aliased > aliasLimit;
	context.aliased += anchor.size;
	if (context.aliased > aliasLimit) {
		if (!already) {
			context.problems.error(`aliases stand for more than ${aliasLimit} values in all`, { source });
		}

		return null;
	}

	return anchor.value;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
	typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;

type Range = readonly [start: number, end: number];

// Pairs without a value have no node: they stand where their key stands.
function range(node: unknown, otherwise: Range = [0, 0]): Range {
	const found = isScalar(node) || isCollection(node) || isAlias(node) ? node.range : undefined;
	return found ? [found[0], found[1]] : otherwise;
}
