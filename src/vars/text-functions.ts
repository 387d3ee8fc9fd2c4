import { createHash } from 'node:crypto';
import { parse, stringify } from 'yaml';
import { kindOf } from './kinds.ts';
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
	define('split(text, separator)', ['text', 'text'], (text, separator) => text.split(separator)),
	define(
		'substring(text, from, to)',
		['text', 'number'],
		(text, from, to) => text.slice(from, to ?? text.length),
		['number'],
	),

	define('string(value)', ['any'], toText),
	define('int(value)', ['any'], (value) => Math.trunc(toNumber(value))),
	define('double(value)', ['any'], toNumber),
	define('bool(value)', ['any'], toBoolean),
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

function toBoolean(value: unknown): boolean {
	if (value === true || value === 'true') {
		return true;
	}

	if (value === false || value === 'false') {
		return false;
	}

	throw new Mistake(`this ${kindOf(value)} is neither true nor false`, 'compare it with what you expect');
}
