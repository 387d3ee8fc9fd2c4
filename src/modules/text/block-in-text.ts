import { linesOf } from '../lib/lines.ts';
import { pythonPattern } from '../lib/python-pattern.ts';

/** Where a marked block belongs. */
export type BlockOptions = {
	/** The lines around the block. */
	readonly begin: string;
	readonly end: string;
	readonly insertafter?: string | undefined;
	readonly insertbefore?: string | undefined;
};

/**
 * The text with the block between its markers: where the markers are, else where `insertafter` and `insertbefore`
 * say. An empty block is taken out, markers and all.
 */
export function withBlock(text: string, block: string, options: BlockOptions): string {
	const { begin, end } = options;
	const lines = linesOf(text);
	const marks = [lines.lastIndexOf(begin), lines.lastIndexOf(end)].sort((a, b) => a - b);
	const [first = -1, last = -1] = marks;
	const found = first >= 0;
	const wanted = block === '' ? [] : [begin, ...linesOf(block), end];
	const result = found
		? lines.toSpliced(first, last - first + 1, ...wanted)
		: lines.toSpliced(placeToInsert(lines, options), 0, ...wanted);
	return found || wanted.length > 0 ? result.map((line) => `${line}\n`).join('') : text;
}

function placeToInsert(lines: readonly string[], { insertafter, insertbefore }: BlockOptions): number {
	if (insertbefore === 'BOF') {
		return 0;
	}

	const [pattern, offset] = insertbefore === undefined ? [insertafter, 1] : [insertbefore, 0];
	if (pattern === undefined || pattern === 'EOF') {
		return lines.length;
	}

	const expression = pythonPattern(pattern);
	const at = lines.findLastIndex((line) => expression.test(line));
	return at < 0 ? lines.length : at + offset;
}
