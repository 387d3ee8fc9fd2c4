import { linesOf } from '../lib/lines.ts';

/** An option of an INI file. */
export type IniOption = {
	/** undefined: what stands before the first section. */
	readonly section?: string | undefined;
	/** undefined: the section itself. */
	readonly option?: string | undefined;
	/** undefined: the option stands without one. */
	readonly value?: string | undefined;
	/** Write `a=b` instead of `a = b`. */
	readonly tight: boolean;
};

/** The text with the option: in place of the first one of its name, else of a comment that shows it, else at the end. */
export function withIniOption(text: string, wanted: IniOption): string {
	const { section, option, value, tight } = wanted;
	const lines = linesOf(text);
	const [start, end] = sectionOf(lines, section) ?? [lines.length, lines.length];
	const added = section !== undefined && start === end ? [`[${section}]`] : [];
	const inside = lines.slice(start, end);
	if (option === undefined) {
		return joined([...lines.slice(0, end), ...added, ...lines.slice(end)]);
	}

	const line = value === undefined ? option : `${option}${tight ? '=' : ' = '}${value}`;
	const isSet = inside.map((existing) => nameIn(existing) === option);
	const at = isSet.includes(true)
		? isSet.indexOf(true)
		: inside.findIndex((existing) => nameIn(existing.replace(/^\s*[#;]\s*/, '')) === option);
	if (at >= 0 && meansSame(inside[at] ?? '', option, value) && isSet.filter(Boolean).length === 1) {
		return text;
	}

	const kept = inside.map((existing, index) => (index === at ? line : existing));
	const single = kept.filter((_, index) => index === at || isSet[index] !== true);
	const body = at >= 0 ? single : insertAtEnd([...added, ...inside], line);
	return joined([...lines.slice(0, start), ...body, ...lines.slice(end)]);
}

/** The text without the option, or without the whole section. */
export function withoutIniOption(text: string, { section, option }: IniOption): string {
	const lines = linesOf(text);
	const found = sectionOf(lines, section);
	if (found === undefined) {
		return text;
	}

	const [start, end] = found;
	const rest = option === undefined ? [] : lines.slice(start, end).filter((line) => nameIn(line) !== option);
	const result = [...lines.slice(0, start), ...rest, ...lines.slice(end)];
	return result.length === lines.length ? text : joined(result);
}

/** Where the section begins, its header included, and where it ends. */
function sectionOf(
	lines: readonly string[],
	section: string | undefined,
): readonly [number, number] | undefined {
	const isHeader = (line: string) => /^\s*\[.*\]\s*$/.test(line);
	const start =
		section === undefined ? 0 : lines.findIndex((line) => isHeader(line) && line.trim() === `[${section}]`);
	if (start < 0) {
		return undefined;
	}

	const next = lines.findIndex(
		(line, index) => index >= start + (section === undefined ? 0 : 1) && isHeader(line),
	);
	return [start, next < 0 ? lines.length : next];
}

/** Blank lines between sections stay where they are. */
function insertAtEnd(lines: readonly string[], line: string): readonly string[] {
	const last = lines.findLastIndex((existing) => existing.trim() !== '');
	return lines.toSpliced(last + 1, 0, line);
}

const nameIn = (line: string): string | undefined => /^\s*([^\s#;[=:][^=:]*?)\s*(?:[=:]|$)/.exec(line)?.[1];

function meansSame(line: string, option: string, value: string | undefined): boolean {
	const [, found] = /^[^=:]*[=:](.*)$/.exec(line) ?? [];
	return nameIn(line) === option && found?.trim() === value?.trim();
}

const joined = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');
