import { isMap } from '../vars/kinds.ts';
import { checkExpression } from '../vars/names.ts';
import { CelExpression } from '../vars/types.ts';
import { celFor } from './jinja/cel.ts';
import { celOfText } from './jinja/text.ts';
import { inOurNames } from './our-names.ts';

const tag = /\{\{\s*(.*?)\s*\}\}/gs;

/** A value of a YAML file as an expression with the same value; undefined when there is none. */
export function asCel(value: unknown): string | undefined {
	if (value instanceof CelExpression) {
		return value.text;
	}

	if (typeof value === 'string') {
		return value.includes('{{') ? ofTemplate(value) : quoted(value);
	}

	if (Array.isArray(value)) {
		return all(value.map(asCel), (items) => `[${items.join(', ')}]`);
	}

	if (isMap(value)) {
		const entries = Object.entries(value).map(([key, item]) => {
			const text = asCel(item);
			return text && `${quoted(key)}: ${text}`;
		});
		return all(entries, (items) => `{${items.join(', ')}}`);
	}

	return value === null || typeof value === 'number' || typeof value === 'boolean'
		? String(value)
		: undefined;
}

/** A template of Ansible, which may compute in its tags. */
export function ofTemplate(text: string): string | undefined {
	const trimmed = text.trim();
	if (/\{%|\{#/.test(text)) {
		const cel = celOfText(text, ofTag);
		return cel !== undefined && checkExpression(cel) === undefined ? cel : undefined;
	}

	const whole = /^\{\{\s*(.*?)\s*\}\}$/s.exec(trimmed)?.[1];
	if (whole !== undefined && !whole.includes('{{')) {
		return ofTag(whole);
	}

	const pieces: (string | undefined)[] = [];
	let from = 0;
	for (const found of text.matchAll(tag)) {
		const value = ofTag(found[1] ?? '');
		pieces.push(...(found.index > from ? [quoted(text.slice(from, found.index))] : []));
		pieces.push(value && `string(${value})`);
		from = found.index + found[0].length;
	}

	pieces.push(...(from < text.length ? [quoted(text.slice(from))] : []));
	return all(pieces, (parts) => parts.join(' + '));
}

/** What stands in a tag of Ansible, or where an expression does; undefined when it cannot be said in CEL. `asked`: it has to be true or false. */
export function ofTag(inner: string, asked = false): string | undefined {
	const plain = celFor(inner, asked) ?? inner;
	const cel = inOurNames(plain) ?? plain;
	return checkExpression(cel) === undefined ? cel : undefined;
}

const quoted = (text: string): string =>
	`'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\n', '\\n')}'`;

const all = (
	parts: readonly (string | undefined)[],
	join: (parts: readonly string[]) => string,
): string | undefined => {
	const known = parts.filter((part) => part !== undefined);
	return known.length === parts.length ? join(known) : undefined;
};

/** As it is written in YAML. */
export const celTag = (text: string): string => `!cel ${JSON.stringify(text)}`;

/** An expression where conditions stand: in quotes when YAML would read something else. */
export const asCondition = (text: string): string =>
	/^[!&*'"%@`|>?-]|[,[\]{}]|: | #/.test(text) ? JSON.stringify(text) : text;
