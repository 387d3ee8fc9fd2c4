import { Secret } from '../shell/secret.ts';
import { omit } from './omit.ts';
import { Unknown } from './types.ts';

/** What people call a value. A secret is a text. */
export type Kind = 'text' | 'number' | 'boolean' | 'null' | 'list' | 'map' | 'omit' | 'unknown' | 'object';

export function kindOf(value: unknown): Kind {
	switch (typeof value) {
		case 'string':
			return 'text';
		case 'number':
		case 'bigint':
			return 'number';
		case 'boolean':
			return 'boolean';
		case 'undefined':
			return 'null';
		case 'symbol':
			return value === omit ? 'omit' : 'object';
		case 'function':
			return 'object';
		default:
			return kindOfObject(value);
	}
}

function kindOfObject(value: unknown): Kind {
	if (value === null) {
		return 'null';
	}

	if (value instanceof Secret) {
		return 'text';
	}

	if (value instanceof Unknown) {
		return 'unknown';
	}

	if (Array.isArray(value)) {
		return 'list';
	}

	return isMap(value) ? 'map' : 'object';
}

/** A plain record: what YAML and JSON make, or a view that behaves like one. */
export function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
	if (typeof value !== 'object' || value === null) {
		return false;
	}

	const prototype: unknown = Object.getPrototypeOf(value);
	return prototype === Object.prototype || prototype === null;
}

/** Item of a list or map. Only what is its own: `length` and `constructor` are no data. */
export function childOf(value: unknown, key: string | number): { readonly value: unknown } | undefined {
	if (Array.isArray(value)) {
		const index = typeof key === 'number' ? key : /^\d+$/.test(key) ? Number(key) : -1;
		return Number.isInteger(index) && index >= 0 && index < value.length
			? { value: value[index] }
			: undefined;
	}

	return isMap(value) && Object.hasOwn(value, key) ? { value: value[key] } : undefined;
}

/** The first value in a piece of data, however deep, that is not known yet. */
export function findUnknown(value: unknown): Unknown | undefined {
	if (value instanceof Unknown) {
		return value;
	}

	const items = Array.isArray(value) ? value : isMap(value) ? Object.values(value) : [];
	for (const item of items) {
		const found = typeof item === 'object' ? findUnknown(item) : undefined;
		if (found) {
			return found;
		}
	}

	return undefined;
}
