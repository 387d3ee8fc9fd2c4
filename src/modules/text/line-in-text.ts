import { linesOf } from '../lib/lines.ts';
import { pythonPattern } from '../lib/python-pattern.ts';
import { expandBackrefs } from './expand-backrefs.ts';

/** What Ansible's lineinfile is told about the line. */
export type LineOptions = {
	readonly line?: string | undefined;
	readonly regexp?: string | undefined;
	readonly search_string?: string | undefined;
	readonly insertafter?: string | undefined;
	readonly insertbefore?: string | undefined;
	readonly backrefs: boolean;
	readonly firstmatch: boolean;
};

/** The text without the lines that match the pattern, hold the search string, or are the line. */
export const withoutLine = (text: string, options: LineOptions): string => {
	const matches = matcher(options);
	return text
		.split(/(?<=\n)/)
		.filter((line) => !matches(bare(line)))
		.join('');
};

/**
 * The text with the line: in the place of the last (or first) line that matches the pattern or holds the search
 * string; else as it is, when the line is there already; else where `insertafter` and `insertbefore` say.
 */
export function withLine(text: string, options: LineOptions): string {
	const { line = '', regexp, search_string, backrefs, firstmatch } = options;
	const lines = linesOf(text);
	const at =
		regexp === undefined && search_string === undefined ? -1 : pick(lines, matcher(options), firstmatch);
	if (at >= 0) {
		const match = backrefs && regexp !== undefined ? pythonPattern(regexp).exec(bare(lines[at] ?? '')) : null;
		const wanted = match === null ? line : expandBackrefs(line, match);
		return wanted === bare(lines[at] ?? '') ? text : joined(lines.with(at, wanted));
	}

	// Without a match there is nothing that the groups of `line` could stand for.
	if (backrefs || lines.some((existing) => bare(existing) === line)) {
		return text;
	}

	return joined(lines.toSpliced(placeToInsert(lines, options), 0, line));
}

function placeToInsert(
	lines: readonly string[],
	{ insertafter, insertbefore, firstmatch }: LineOptions,
): number {
	if (insertbefore === 'BOF' || insertafter === 'BOF') {
		return 0;
	}

	const [pattern, offset] = insertbefore === undefined ? [insertafter, 1] : [insertbefore, 0];
	if (pattern === undefined || pattern === 'EOF') {
		return lines.length;
	}

	const expression = pythonPattern(pattern);
	const at = pick(lines, (line) => expression.test(line), firstmatch);
	return at < 0 ? lines.length : at + offset;
}

function matcher({ line, regexp, search_string }: LineOptions): (line: string) => boolean {
	if (regexp !== undefined) {
		const expression = pythonPattern(regexp);
		return (text) => expression.test(text);
	}

	return search_string === undefined ? (text) => text === line : (text) => text.includes(search_string);
}

const pick = (lines: readonly string[], test: (line: string) => boolean, first: boolean): number =>
	first ? lines.findIndex((line) => test(bare(line))) : lines.findLastIndex((line) => test(bare(line)));

const joined = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');

const bare = (line: string): string => line.replace(/\r?\n?$/, '');
