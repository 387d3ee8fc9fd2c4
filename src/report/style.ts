import { createHash } from 'node:crypto';
import { isAbsolute, relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { Chalk, type ChalkInstance } from 'chalk';
import type { Status } from '../engine/events.ts';

/** How the human report looks at what it draws. */
export type View = {
	readonly chalk: ChalkInstance;
	/** 0 to 3, the number of `-v`. */
	readonly verbosity: number;
	readonly diff: boolean;
	/** The run changes nothing: say "would change". */
	readonly check: boolean;
	/** Paths below it are shown relative to it. */
	readonly folder?: string | undefined;
	/** One task without a playbook: what it prints is what the person wants, and headings would only be in the way. */
	readonly oneTask?: boolean;
};

export const chalkFor = (colour: boolean): ChalkInstance => new Chalk({ level: colour ? 1 : 0 });

/** Whether to colour what goes to a stream: https://no-color.org, then FORCE_COLOR, then the terminal. */
export function wantsColour(
	stream: { readonly isTTY?: boolean | undefined },
	environment: Readonly<Record<string, string | undefined>>,
): boolean {
	const { NO_COLOR: no, FORCE_COLOR: force, TERM: terminal } = environment;
	if (no !== undefined && no !== '') {
		return false;
	}

	if (force !== undefined) {
		return force !== '0' && force !== 'false';
	}

	return stream.isTTY === true && terminal !== 'dumb';
}

/** From the calmest to the worst: the worst gives a task its mark. */
export const statuses: readonly Status[] = [
	'skipped',
	'ok',
	'might',
	'would-run',
	'changed',
	'unreachable',
	'failed',
];

export const mark: Readonly<Record<Status, string>> = {
	skipped: '-',
	ok: '=',
	might: '?',
	'would-run': '?',
	changed: '~',
	unreachable: '!',
	failed: '✗',
};

/** The word for a status; when checking nothing has happened, so it says what would. */
export function word(status: Status, check: boolean): string {
	switch (status) {
		case 'changed':
			return check ? 'would change' : 'changed';
		case 'would-run':
			return 'would run';
		case 'might':
			return 'might run';
		default:
			return status;
	}
}

export function paint(status: Status, { chalk }: Pick<View, 'chalk'>): (text: string) => string {
	switch (status) {
		case 'ok':
			return chalk.green;
		case 'skipped':
			return chalk.dim;
		case 'changed':
			return chalk.yellow;
		case 'would-run':
		case 'might':
			return chalk.magenta;
		case 'failed':
		case 'unreachable':
			return chalk.red;
	}
}

/** A path as short as it can be said from where the person stands. */
export function shortPath(path: string, folder: string | undefined): string {
	if (folder === undefined || !isAbsolute(path)) {
		return path;
	}

	const short = relative(folder, path);
	return short.startsWith('..') ? path : short;
}

/** `0.4 s`, `12 s`, `3 min 5 s`. */
export function seconds(duration: number): string {
	if (duration < 9.95) {
		return `${duration.toFixed(1)} s`;
	}

	const whole = Math.round(duration);
	return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/** `1 host`, `3 hosts`. */
export const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`;

export const indent = (lines: readonly string[], by = 2): string[] =>
	lines.map((line) => (line === '' ? line : ' '.repeat(by) + line));

/**
 * Text of a host that cannot move the cursor, retitle the terminal or hide what stands before it. What is no text
 * becomes its size and fingerprint.
 */
export function harmless(text: string): string {
	if (text.includes('\0')) {
		const bytes = Buffer.from(text);
		const sha256 = createHash('sha256').update(bytes).digest('hex');
		return `binary, ${count(bytes.length, 'byte')}, sha256 ${sha256.slice(0, 12)}…`;
	}

	return (
		stripVTControlCharacters(text)
			.replaceAll('\r\n', '\n')
			// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not reach the terminal
			.replaceAll(/[\u0000-\u0008\u000B-\u001F\u007F-\u009F]/g, '�')
	);
}

/** Lines of a text, without the empty one after the last newline. */
export function linesOf(text: string): string[] {
	const lines = text.split('\n');
	if (lines.at(-1) === '') {
		lines.pop();
	}

	return lines;
}
