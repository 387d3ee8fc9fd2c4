import { pythonPattern } from '../lib/python-pattern.ts';
import { expandBackrefs } from './expand-backrefs.ts';

/** What to replace by what, and between which places. */
export type ReplaceOptions = {
	readonly regexp: string;
	readonly replace: string;
	readonly after?: string | undefined;
	readonly before?: string | undefined;
};

/** The text with all matches replaced, between the first matches of `after` and `before` where they are given. */
export function replaceInText(text: string, { regexp, replace, after, before }: ReplaceOptions): string {
	const section = sectionOf(text, after, before);
	if (section === undefined) {
		return text;
	}

	const [start, end] = section;
	const replaced = text.slice(start, end).replace(pythonPattern(regexp, 'gm'), (...found) => {
		const groups = typeof found.at(-1) === 'object' ? found.at(-1) : undefined;
		return expandBackrefs(replace, Object.assign(found.slice(0, groups === undefined ? -2 : -3), { groups }));
	});
	return text.slice(0, start) + replaced + text.slice(end);
}

function sectionOf(
	text: string,
	after: string | undefined,
	before: string | undefined,
): readonly [number, number] | undefined {
	if (after === undefined && before === undefined) {
		return [0, text.length];
	}

	const inside = before === undefined || after === undefined ? '.*' : '.*?';
	const match = pythonPattern(`${after ?? ''}(?P<subsection>${inside})${before ?? ''}`, 'ds').exec(text);
	return match?.indices?.groups?.subsection;
}
