import type { Secret } from './secret.ts';

/** A value in a command. Arrays become several words; false and undefined become none. */
export type Word = string | number | false | undefined | readonly Word[];

/** What a program gets on its standard input. */
export type Input = string | Uint8Array | Secret;

/**
 * A shell line that is data until a session runs it. Only `sh`, `pipe`, `all`, `any` and friends make one, so
 * that quoting happens here and nowhere else. It can carry an input; a secret goes there, never into a word,
 * because words show in `ps`.
 */
export class Command {
	readonly kind = 'command';
	readonly line: string;
	readonly input: Input | undefined;
	constructor(line: string, input?: Input) {
		this.line = line;
		this.input = input;
	}

	/** The same command with this on its standard input; without one it reads from /dev/null. */
	withInput(input: Input): Command {
		return new Command(this.line, input);
	}

	toString(): string {
		return this.line;
	}
}

/**
 * `` sh`useradd --uid ${uid} ${name}` ``: literal text is split on blanks, a value is always whole words. Shell
 * syntax in the text is an inert word.
 * @throws TypeError when a value is glued to text (`--uid=${uid}`): write two words, or `${`--uid=${uid}`}`.
 */
export function sh(strings: TemplateStringsArray, ...values: readonly Word[]): Command {
	const words: string[] = [];
	for (const [index, text] of strings.entries()) {
		const literals = text.split(/\s+/);
		const glued = index > 0 && literals[0] !== '';
		if (glued || (index < values.length && literals.at(-1) !== '')) {
			throw new TypeError(`a value must stand alone, with blanks around it: ${strings.join('${…}')}`);
		}

		words.push(...literals.filter((word) => word !== ''), ...flatten(values[index]));
	}

	return new Command(words.map(quote).join(' '));
}

/** `option('--gid', gid)`: two words, or none when there is no value. */
export const option = (flag: string, value: string | number | undefined): Word =>
	value === undefined ? [] : [flag, value];

/** One word for a POSIX shell, whatever is in it. */
export const quote = (word: string): string =>
	word !== '' && /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;

function flatten(value: Word): string[] {
	if (value === undefined || value === false) {
		return [];
	}

	return typeof value === 'object' ? value.flatMap((item) => flatten(item)) : [String(value)];
}
