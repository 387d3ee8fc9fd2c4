import type { Answer } from '../../module/shared-question.ts';
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

/** What is asked for: anything, links themselves too; what links lead to; or of that, only files. */
type Wanted = 'links' | 'any' | 'files';

/** Shell text that tells which names are there, and then asks a program about those, with a word after each. */
export const askingFor = (what: Wanted, names: string, program: string, between = ''): string =>
	`_gh ${what} ${quote(program)} ${quote(between && ` ${between}`)} ${names}`;

export type Presence = 'there' | 'missing' | 'directory' | 'unseen';

const signs: Readonly<Record<string, Presence>> = { 0: 'missing', 1: 'there', d: 'directory' };

/** What `askingFor` gave: of each name whether it is there, and what the program said of those that may be. */
export function presence(
	names: readonly string[],
	raw: Raw,
): { readonly present: readonly Presence[]; readonly output: Buffer } {
	const said = raw.stdout.toString('latin1', 0, names.length);
	return {
		present: names.map((_, index) => signs[said[index] ?? ''] ?? 'unseen'),
		output: raw.stdout.subarray(names.length),
	};
}

export const isDirectory = (what: string): Answer<never> => ({
	failure: readFailed(what, { code: 1, stderr: 'it is a directory' }),
});

/** Splits what was said about each name that may be there: they were asked in order. */
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
	const { present, output } = presence(names, raw);
	let at = 0;
	const answers = names.map((name, index): Answer<A> | undefined => {
		if (present[index] === 'missing') {
			return { value: options.missing };
		}

		if (present[index] === 'directory') {
			return isDirectory(`${options.what} ${name}`);
		}

		const found = options.record(name, output, at);
		at = found?.next ?? at;
		return found && { value: found.value };
	});
	const failed = names.filter((_, index) => answers[index] === undefined);
	const stderr = raw.stderr.toString();
	const lines = stderr.split('\n').filter(Boolean);
	// Each that fails gets a line, in order, unless the program has more to say, or has stopped at the first.
	const isClear = lines.length === failed.length;
	return names.map((name, index) => {
		const answer = answers[index];
		if (answer !== undefined) {
			return answer;
		}

		if (!isClear && names.length > 1) {
			return { askAlone: true };
		}

		const said = isClear ? (lines[failed.indexOf(name)] ?? '') : stderr;
		return {
			failure: readFailed(`${options.what} ${name}`, { code: raw.code, stderr: said }, hintFor(said)),
		};
	});
}

/** For people only: what a program says differs from one system to the next. */
export const hintFor = (stderr: string): string | undefined =>
	/permission denied|not permitted/i.test(stderr) ? 'the user may not read this: use become' : undefined;
