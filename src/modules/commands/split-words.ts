import { impossible } from '../../module/impossible.ts';

/**
 * Words of a command line, with quotes and backslashes as in a POSIX shell (POSIX.1-2017, 2.2 Quoting). Nothing is
 * expanded: `$HOME` and `*` are themselves.
 */
export function splitWords(text: string): readonly string[] {
	const words: string[] = [];
	let word: string | undefined;
	for (let at = 0; at < text.length; at++) {
		const character = text[at] ?? '';
		if (/\s/.test(character)) {
			if (word !== undefined) {
				words.push(word);
				word = undefined;
			}
		} else if (character === '\\') {
			at++;
			word = (word ?? '') + (text[at] ?? '\\');
		} else if (character === "'" || character === '"') {
			const [inner, end] = quoted(text, at + 1, character);
			word = (word ?? '') + inner;
			at = end;
		} else {
			word = (word ?? '') + character;
		}
	}

	return word === undefined ? words : [...words, word];
}

function quoted(text: string, start: number, mark: string): readonly [string, number] {
	let inner = '';
	for (let at = start; at < text.length; at++) {
		const character = text[at] ?? '';
		if (character === mark) {
			return [inner, at];
		}

		if (mark === '"' && character === '\\' && /["\\$`]/.test(text[at + 1] ?? '')) {
			at++;
			inner += text[at] ?? '';
		} else {
			inner += character;
		}
	}

	return impossible(
		`the quote ${mark} in \`${text}\` is not closed`,
		'close it, or write the words as a list: argv',
	);
}
