import { TaskFailed } from '../errors.ts';
import { type Input, quote } from '../shell/command.ts';
import { reveal, Secret } from '../shell/secret.ts';

/** More than this many bytes travel on a channel of their own. */
export const inlineLimit = 64 * 1024;

export const bytesOf = (input: Input): Buffer =>
	typeof input === 'string' || input instanceof Secret ? Buffer.from(reveal(input)) : Buffer.from(input);

/**
 * `work` with these bytes as its standard input. Nothing of it shows in `ps`: `printf` is part of the shell. A shell
 * word cannot hold NUL, nor bytes that are no text in every shell, so such content is sent as base64.
 */
export function fed(bytes: Buffer, work: string): string {
	const word = textWord(bytes);
	return word === undefined
		? `printf '%s' ${bytes.toString('base64')} | base64 -d | ${work}`
		: `printf '%s' ${word} 2>/dev/null | ${work}`;
}

/** Shell text that writes these bytes to a file that only its owner can read. `path` is shell text too. */
export function written(bytes: Buffer, path: string): string {
	const word = textWord(bytes);
	return word === undefined
		? `( umask 077; printf '%s' ${bytes.toString('base64')} | base64 -d >${path} )`
		: `( umask 077; printf '%s' ${word} >${path} )`;
}

function textWord(bytes: Buffer): string | undefined {
	const text = bytes.toString();
	if (text.includes('\0') || !Buffer.from(text).equals(bytes)) {
		return undefined;
	}

	// Each quote becomes a dozen characters when a word is quoted within a quoted word.
	const quotes = text.split("'").length - 1;
	return quotes > 100 && quotes * 30 > text.length ? undefined : quote(text);
}

/**
 * Shell text that sets and exports variables.
 * @throws TaskFailed for a name that no shell can export
 */
export function exports(environment: Readonly<Record<string, string | Secret>> = {}): string {
	return Object.entries(environment)
		.map(([name, value]) => {
			if (!/^[A-Za-z_]\w*$/.test(name)) {
				throw new TaskFailed(`"${name}" cannot be the name of an environment variable`, {
					hint: 'use letters, digits and underscores, and no digit first',
				});
			}

			return `${name}=${quote(reveal(value))}; export ${name}; `;
		})
		.join('');
}
