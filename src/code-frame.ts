import { readFileSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { Chalk, type ChalkInstance } from 'chalk';
import { type Diagnostic, place, type Source } from './diagnostics.ts';

/** Lines shown before the one that is meant. */
const linesBefore = 2;

type ReadText = (file: string) => string | undefined;

/**
 * All problems as text for a person: sorted by place, each with the lines around it and what to do, and a count
 * at the end.
 * @param readText gives the text of a file, undefined when it must not be shown; by default it is read from disk.
 */
export function printDiagnostics(
	list: readonly Diagnostic[],
	readText: ReadText = readFile,
	options: { readonly colour?: boolean; readonly cwd?: string } = {},
): string {
	const paint = new Chalk({ level: options.colour ? 1 : 0 });
	const texts = new Map<string, readonly string[]>();
	const lines = (file: string): readonly string[] => {
		const text = texts.get(file) ?? readText(file)?.split(/\r?\n/) ?? [];
		texts.set(file, text);
		return text;
	};
	const once = new Map(
		sorted(list).map((diagnostic) => [block(diagnostic, lines, paint, options.cwd), diagnostic]),
	);
	return `${[...once.keys(), count([...once.values()], paint)].join('\n\n')}\n`;
}

function block(
	{ severity, summary, hint, source }: Diagnostic,
	lines: (file: string) => readonly string[],
	paint: ChalkInstance,
	cwd = process.cwd(),
): string {
	const title = severity === 'warning' ? `${paint.yellow('warning:')} ${summary}` : paint.bold(summary);
	const shown =
		source === undefined ? '' : `${paint.cyan(place({ ...source, file: shortest(source.file, cwd) }))}  `;
	const body = source === undefined ? [] : frame(source, lines(source.file), hint, paint);
	const bare = hint !== undefined && body.length === 0 ? [`   ${hint}`] : [];
	return [`${shown}${title}`, ...body, ...bare].join('\n');
}

function frame(
	{ line, column, length = 1 }: Source,
	lines: readonly string[],
	hint: string | undefined,
	paint: ChalkInstance,
): string[] {
	const meant = lines[line - 1];
	if (meant === undefined) {
		return [];
	}

	const width = Math.max(5, String(line).length);
	const bar = (number: string) => paint.dim(`${number.padStart(width)} │`);
	const first = Math.max(1, line - linesBefore);
	const shown = lines
		.slice(first - 1, line)
		.map((text, index) => `${bar(String(first + index))} ${flat(text)}`);
	const indent = ' '.repeat(flat(meant.slice(0, column - 1)).length);
	const marks = paint.red('^'.repeat(Math.max(1, Math.min(length, meant.length - column + 1))));
	return [...shown, `${bar('')} ${indent}${marks}${hint === undefined ? '' : ` ${hint}`}`];
}

// A tab has another width in each terminal, and the marks must stand below what they mean.
const flat = (text: string): string => text.replaceAll('\t', '    ');

function count(list: readonly Diagnostic[], paint: ChalkInstance): string {
	const errors = list.filter(({ severity }) => severity === 'error').length;
	const warnings = list.length - errors;
	const parts = [
		...(errors > 0 ? [paint.red(many(errors, 'problem'))] : []),
		...(warnings > 0 ? [paint.yellow(many(warnings, 'warning'))] : []),
	];
	return `${parts.join(' and ')}${errors > 0 ? '; nothing was touched' : ''}`;
}

const many = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`;

// Problems without a place come last: those with one usually explain them.
const sorted = (list: readonly Diagnostic[]): readonly Diagnostic[] =>
	[...list].sort(
		({ source: a }, { source: b }) =>
			Number(a === undefined) - Number(b === undefined) ||
			compareText(a?.file, b?.file) ||
			(a?.line ?? 0) - (b?.line ?? 0) ||
			(a?.column ?? 0) - (b?.column ?? 0),
	);

const compareText = (a = '', b = ''): number => (a < b ? -1 : Number(a > b));

const shortest = (file: string, cwd: string): string => {
	const short = relative(cwd, resolve(cwd, file));
	return short.length < file.length && !short.startsWith('..') ? short : file;
};

const readFile: ReadText = (file) => {
	try {
		const text = readFileSync(file, 'utf8');
		// The places in an encrypted file are those of its content, which is not to be shown.
		return text.startsWith('age-encryption.org/') || text.startsWith('-----BEGIN AGE') ? undefined : text;
	} catch {
		return undefined;
	}
};
