import type { ItemResult } from '../engine/events.ts';
import { dots } from '../shell/secret.ts';
import { isOnlyText } from './diff.ts';

/** Items of a loop that are told as one. */
export type ItemChain = { readonly labels: readonly string[]; readonly result: ItemResult };

/**
 * Items that changed one text after the other, such as lines of the same file, become one change from the first
 * text to the last: one diff instead of one per item, and the same on every host more often.
 */
export function itemChains(items: readonly ItemResult[]): readonly ItemChain[] {
	const chains: ItemChain[] = [];
	for (const item of items) {
		const last = chains.at(-1);
		const together = last && joined(last.result, item);
		if (last !== undefined && together !== undefined) {
			chains[chains.length - 1] = { labels: [...last.labels, labelOf(item)], result: together };
		} else {
			chains.push({ labels: [labelOf(item)], result: item });
		}
	}

	return chains;
}

export const labelOf = ({ label }: ItemResult): string => label ?? '(hidden)';

function joined(first: ItemResult, second: ItemResult): ItemResult | undefined {
	const [[before], [after]] = [first.details ?? [], second.details ?? []];
	const fits =
		first.status === second.status &&
		first.message === second.message &&
		isOnlyText(first) &&
		isOnlyText(second) &&
		before?.name === after?.name &&
		before?.after === after?.before &&
		!String(before?.after).includes(dots);
	return fits && before !== undefined && after !== undefined
		? { ...first, change: undefined, details: [{ ...before, after: after.after }] }
		: undefined;
}
