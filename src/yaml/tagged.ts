import { type Diagnostics, didYouMean, type Source } from '../diagnostics.ts';
import { CelExpression, SecretReference, VaultedValue } from './tags.ts';

const coreTags = new Set(
	['str', 'int', 'float', 'bool', 'null', 'map', 'seq'].map((name) => `tag:yaml.org,2002:${name}`),
);

/** Tags of the core schema, and `!`: the parser has already applied them. */
export const isKnownTag = (tag: string): boolean => tag === '!' || coreTags.has(tag);

/** The value of a node with a tag of ours or of Ansible's. */
export function tagged(tag: string, value: unknown, source: Source, problems: Diagnostics): unknown {
	switch (tag) {
		case '!cel':
			return expression(value, source, problems);
		case '!secret':
			return secret(value, source, problems);
		case '!unsafe':
			// An expression is never rendered as a template: a literal is just the text that Ansible means here.
			return typeof value === 'string' ? new CelExpression(JSON.stringify(value), source) : value;
		case '!vault':
		case '!vault-encrypted':
			return new VaultedValue(String(value), source);
		default:
			problems.error(`unknown tag "${tag}"`, {
				source,
				hint: didYouMean(tag, ['!cel', '!secret', '!unsafe']) ?? 'known tags are !cel, !secret and !unsafe',
			});
			return value;
	}
}

function expression(value: unknown, source: Source, problems: Diagnostics): unknown {
	if (['string', 'number', 'boolean'].includes(typeof value) && value !== '') {
		return new CelExpression(String(value), source);
	}

	problems.error('!cel needs an expression in quotes', { source, hint: 'for example !cel "port + 1"' });
	return value;
}

const alphabetDefault = 'alphanumeric';
const lengthDefault = 32;

function secret(value: unknown, source: Source, problems: Diagnostics): unknown {
	if (typeof value === 'string' && value !== '') {
		return new SecretReference(value, undefined, source);
	}

	const form = 'write !secret NAME or !secret {name: NAME, generate: {length: 32, alphabet: alphanumeric}}';
	const { name, generate, ...rest } = fields(value);
	const unknown = Object.keys(rest)[0];
	if (typeof name !== 'string' || name === '' || unknown !== undefined) {
		problems.error(unknown ? `!secret has no key "${unknown}"` : '!secret needs the name of a secret', {
			source,
			hint: form,
		});
		return value;
	}

	if (generate === undefined) {
		return new SecretReference(name, undefined, source);
	}

	const { length = lengthDefault, alphabet = alphabetDefault, ...others } = fields(generate);
	const valid = typeof length === 'number' && Number.isInteger(length) && length > 0;
	if (!valid || typeof alphabet !== 'string' || Object.keys(others).length > 0) {
		problems.error('generate needs a length in characters and an alphabet', { source, hint: form });
		return value;
	}

	return new SecretReference(name, { length, alphabet }, source);
}

const fields = (value: unknown): Readonly<Record<string, unknown>> =>
	typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
