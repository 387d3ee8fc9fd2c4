import type { Reader } from '../../module/contract.ts';

/** The lines of a text, without their ends. */
export const linesOf = (text: string): readonly string[] =>
	text === '' ? [] : text.replace(/\n$/, '').split('\n');

/** The text of these lines, each with its end. */
export const textOf = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');

/** The text of a file on the host; empty when there is none. */
export const readText = async (path: string, host: Reader): Promise<string> =>
	(await host.content(path))?.toString('utf8') ?? '';
