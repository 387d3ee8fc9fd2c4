import type { Answer } from '../../module/contract.ts';
import { quote } from '../../shell/command.ts';
import type { Raw } from '../frames.ts';
import { readFailed } from '../read-failed.ts';

export type { Answer };

/** Questions that one process on the host can answer together. Each is asked by a name: a path, a package, a user. */
export type Kind<A> = {
	readonly name: string;
	/** Shell text that asks for all names. */
	line(names: readonly string[]): string;
	/** One answer for each name, in their order. */
	answers(names: readonly string[], raw: Raw): readonly Answer<A>[];
};

export const words = (names: readonly string[]): string => names.map(quote).join(' ');

/** Splits what was said about each name: names are asked in order, and each that fails gets one line of error. */
export function inOrder<A>(
	names: readonly string[],
	raw: Raw,
	options: {
		/** What a record for this name is, if the output at this place has one; and where the next begins. */
		readonly record: (name: string, output: Buffer, at: number) => { value: A; next: number } | undefined;
		readonly missing: A;
		/** For messages: `stat of`. */
		readonly what: string;
	},
): readonly Answer<A>[] {
	const errors = raw.stderr.toString().split('\n').filter(Boolean);
	let at = 0;
	let error = 0;
	return names.map((name) => {
		const found = options.record(name, raw.stdout, at);
		if (found !== undefined) {
			at = found.next;
			return { value: found.value };
		}

		const line = errors[error++] ?? '';
		return isMissing(line)
			? { value: options.missing }
			: {
					failure: readFailed(`${options.what} ${name}`, { code: raw.code, stderr: line }, hintFor(line)),
				};
	});
}

export const isMissing = (stderr: string): boolean =>
	/No such file or directory|Not a directory/i.test(stderr);

export const hintFor = (stderr: string): string | undefined =>
	/permission denied|not permitted/i.test(stderr) ? 'the user may not read this: use become' : undefined;
