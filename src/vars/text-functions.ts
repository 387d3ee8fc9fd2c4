import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import { parse, stringify } from 'yaml';
import { isMap, kindOf } from './kinds.ts';
import { type CelFunction, define } from './signature.ts';
import { Mistake } from './values.ts';
import { compareVersions } from './version.ts';

export const textFunctions: readonly CelFunction[] = [
	define('lower(text)', ['text'], (text) => text.toLowerCase()),
	define('upper(text)', ['text'], (text) => text.toUpperCase()),
	define('trim(text)', ['text'], (text) => text.trim()),
	define('contains(text, part)', ['text', 'text'], (text, part) => text.includes(part)),
	define('startsWith(text, beginning)', ['text', 'text'], (text, beginning) => text.startsWith(beginning)),
	define('endsWith(text, end)', ['text', 'text'], (text, end) => text.endsWith(end)),
	define('matches(text, regex)', ['text', 'text'], (text, regex) => pattern(regex).test(text)),
	define('find(text, regex)', ['text', 'text'], (text, regex) => {
		const match = pattern(regex).exec(text);
		return match === null ? null : (match[1] ?? match[0]);
	}),
	define('replace(text, old, new)', ['text', 'text', 'text'], (text, old, fresh) =>
		text.replaceAll(old, () => fresh),
	),
	define('replace_regex(text, regex, new)', ['text', 'text', 'text'], (text, regex, fresh) =>
		text.replace(pattern(regex, 'g'), fresh),
	),
	// Ansible writes groups as \\1 and names them as Python does.
	define('regex_replace(text, regex, new)', ['text', 'text', 'text'], (text, regex, fresh) =>
		text.replace(pattern(regex.replaceAll('(?P<', '(?<'), 'g'), (...found: unknown[]) =>
			grouped(fresh, found),
		),
	),
	define(
		'indent(text, spaces, first)',
		['text'],
		(text, spaces, first) => indented(text, ' '.repeat(spaces ?? 4), first ?? false),
		['number', 'boolean'],
	),
	define(
		'comment(text, mark)',
		['text'],
		(text, mark = '#') => [mark, ...text.split('\n').map((line) => `${mark} ${line}`), mark].join('\n'),
		['text'],
	),
	define('basename(path)', ['text'], (path) => path.slice(path.lastIndexOf('/') + 1)),
	define('dirname(path)', ['text'], (path) => (path.includes('/') ? posix.dirname(path) : '')),
	define(
		'split(text, separator)',
		['text'],
		(text, separator) =>
			separator === undefined ? text.split(/\s+/).filter((word) => word !== '') : text.split(separator),
		['text'],
	),
	define(
		'substring(text, from, to)',
		['text', 'number'],
		(text, from, to) => text.slice(from, to ?? text.length),
		['number'],
	),

	define('lines(text)', ['text'], (text) => (text === '' ? [] : text.replace(/\r?\n$/, '').split(/\r?\n/))),

	define('string(value)', ['any'], toText),
	define('int(value)', ['any'], (value) => Math.trunc(toNumber(value))),
	define('double(value)', ['any'], toNumber),
	define('round(value, digits)', ['any'], (value, digits) => rounded(toNumber(value), digits), ['number']),
	define('floor(value)', ['any'], (value) => Math.floor(toNumber(value))),
	define('ceil(value)', ['any'], (value) => Math.ceil(toNumber(value))),
	define('bool(value)', ['any'], toBoolean),
	define('truthy(value)', ['plain'], truthy),
	define('type(value)', ['any'], (value) => kindOf(value)),

	define(
		'to_json(value, indent)',
		['plain'],
		(value, indent) => JSON.stringify(value ?? null, undefined, indent),
		['number'],
	),
	define('from_json(text)', ['text'], (text) => parsed('JSON', () => JSON.parse(text))),
	define('to_yaml(value)', ['plain'], (value) => stringify(value ?? null, { lineWidth: 0 }).trimEnd()),
	define('from_yaml(text)', ['text'], (text) => parsed('YAML', () => parse(text))),
	define('b64encode(text)', ['text'], (text) => Buffer.from(text).toString('base64')),
	define('b64decode(text)', ['text'], (text) => Buffer.from(text, 'base64').toString()),
	define('sha256(text)', ['text'], (text) => createHash('sha256').update(text).digest('hex')),
	define('version_ge(version, least)', ['text', 'text'], (a, b) => compareVersions(a, b) >= 0),
];

function pattern(regex: string, flags = ''): RegExp {
	try {
		return new RegExp(regex, flags);
	} catch (error) {
		throw new Mistake(error instanceof Error ? error.message : String(error));
	}
}

/** `\\1`, `\\g<1>` and `\\g<name>` in what replaces a match. */
function grouped(fresh: string, found: readonly unknown[]): string {
	const named = found.at(-1);
	return fresh.replace(/\\(?:(\d)|g<(\w+)>)/g, (_, digit?: string, name = '') => {
		const key = digit ?? name;
		const group = /^\d+$/.test(key) ? found[Number(key)] : isMap(Object(named)) ? Object(named)[key] : '';
		return typeof group === 'string' ? group : '';
	});
}

const indented = (text: string, blanks: string, first: boolean): string =>
	text
		.split('\n')
		.map((line, index) => (line === '' || (index === 0 && !first) ? line : blanks + line))
		.join('\n');

/** As Jinja has it in `if`, `or` and `not`, and Ansible in the test `truthy`: a text is true unless it is empty. */
function truthy(value: unknown): boolean {
	const isNothing = value === null || value === undefined || value === false || value === 0 || value === '';
	return !isNothing && !isEmpty(value);
}

const isEmpty = (value: unknown): boolean =>
	Array.isArray(value) ? value.length === 0 : isMap(value) && Object.keys(value).length === 0;

function parsed(format: string, parse: () => unknown): unknown {
	try {
		return parse();
	} catch (error) {
		const reason = error instanceof Error ? error.message.split('\n', 1)[0] : String(error);
		throw new Mistake(`not valid ${format}: ${reason}`);
	}
}

function toText(value: unknown): string {
	const kind = kindOf(value);
	if (kind === 'text' || kind === 'number' || kind === 'boolean') {
		return String(value);
	}

	throw new Mistake(`a ${kind} has no text of its own`, 'write to_json(…) or to_yaml(…)');
}

function toNumber(value: unknown): number {
	const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
	if (typeof number === 'number' && Number.isFinite(number)) {
		return number;
	}

	throw new Mistake(
		`this ${kindOf(value)} is not a number`,
		'write find(text, "[0-9]+") to take the digits out',
	);
}

/** A half goes to the even neighbour, as in Python: 2.5 becomes 2, and 3.5 becomes 4. */
function rounded(value: number, digits = 0): number {
	const scaled = value * 10 ** digits;
	const nearest = Math.abs(scaled % 1) === 0.5 ? 2 * Math.round(scaled / 2) : Math.round(scaled);
	return nearest / 10 ** digits;
}

const yes = new Set(['true', 'yes', 'on', 'y', 't', '1']);
const no = new Set(['false', 'no', 'off', 'n', 'f', '0', '', 'null']);

/** The words of Ansible's filter `bool`. It takes all others for `false`, with a warning that this will end. */
function toBoolean(value: unknown): boolean {
	const word = isMap(value) || Array.isArray(value) ? undefined : String(value ?? null).toLowerCase();
	if (word !== undefined && (yes.has(word) || no.has(word))) {
		return yes.has(word);
	}

	throw new Mistake(`this ${kindOf(value)} is neither true nor false`, 'compare it with what you expect');
}
