import { type Diagnostics, didYouMean, type Source } from '../diagnostics.ts';
import { isMap } from '../vars/kinds.ts';
import { CelExpression } from '../vars/types.ts';
import { sourceOf } from '../yaml/positions.ts';
import type { Templated } from './types.ts';

export type Values = Readonly<Record<string, unknown>>;

export const isTemplate = (value: unknown): boolean => typeof value === 'string' && value.includes('{{');

/** What may stand for a value of any type. */
export const isComputed = (value: unknown): value is string | CelExpression =>
	isTemplate(value) || isExpression(value);

/** A value as it is shown in a message. */
export function show(value: unknown): string {
	if (Array.isArray(value)) {
		return 'a list';
	}

	if (value === null || value === undefined) {
		return 'nothing';
	}

	if (value instanceof CelExpression) {
		return `!cel "${value.text}"`;
	}

	return typeof value === 'object' ? 'a mapping' : JSON.stringify(value);
}

/** Where what is made in memory comes from. */
export const nowhere: Source = { file: '(command line)', line: 1, column: 1 };

/**
 * One mapping of a file, read key by key. What is not as it should be becomes a problem, and counts as not given.
 */
export class Fields {
	readonly values: Values;
	readonly problems: Diagnostics;
	constructor(values: Values, problems: Diagnostics) {
		this.values = values;
		this.problems = problems;
	}

	get keys(): readonly string[] {
		return Object.keys(this.values);
	}

	has(key: string): boolean {
		return Object.hasOwn(this.values, key);
	}

	value(key: string): unknown {
		return this.has(key) ? this.values[key] : undefined;
	}

	source(key?: string, part: 'key' | 'value' = 'value'): Source {
		return sourceOf(this.values, key, part) ?? sourceOf(this.values) ?? nowhere;
	}

	/** A problem with the value of a key. */
	wrong(key: string, expected: string, hint?: string): undefined {
		this.problems.error(`"${key}" needs ${expected}, not ${show(this.value(key))}`, {
			source: this.source(key),
			hint,
		});
	}

	text(key: string): string | undefined {
		const value = this.value(key);
		if (typeof value === 'number' || typeof value === 'boolean') {
			return String(value);
		}

		return value === undefined || typeof value === 'string' ? value : this.wrong(key, 'a text');
	}

	/** A name to store values under: one that templates and expressions can say. */
	variable(key: string): string | undefined {
		const name = this.text(key);
		if (name === undefined || /^[A-Za-z_]\w*$/.test(name)) {
			return name;
		}

		this.problems.error(`"${name}" cannot be the name of a variable`, {
			source: this.source(key),
			hint: `use letters, digits and underscores, such as ${name.replaceAll(/\W/g, '_').replace(/^(?=\d)/, '_')}`,
		});
		return undefined;
	}

	/** A text or a list of texts. */
	texts(key: string): readonly string[] {
		const value = this.value(key);
		const list = Array.isArray(value) ? value : value === undefined ? [] : [value];
		if (list.every((item) => ['string', 'number', 'boolean'].includes(typeof item))) {
			return list.map(String);
		}

		this.wrong(key, 'a text or a list of texts');
		return [];
	}

	boolean(key: string): Templated<boolean> | undefined {
		const value = this.value(key);
		if (value === undefined || typeof value === 'boolean' || isComputed(value)) {
			return value;
		}

		const meant = typeof value === 'string' ? spelled.get(value.toLowerCase()) : undefined;
		return this.wrong(key, 'true or false', meant === undefined ? undefined : `write ${meant}`);
	}

	number(key: string): Templated<number> | undefined {
		const value = this.value(key);
		if (typeof value === 'string' && /^\d+(\.\d+)?$/.test(value)) {
			return Number(value);
		}

		if (value === undefined || isComputed(value)) {
			return value;
		}

		return typeof value === 'number' && value >= 0 ? value : this.wrong(key, 'a number');
	}

	oneOf<T extends string>(key: string, choices: readonly T[], otherwise: T): T {
		const value = this.value(key);
		const found = choices.find((choice) => choice === value);
		if (value !== undefined && found === undefined) {
			this.wrong(key, `one of ${choices.join(', ')}`, didYouMean(String(value), choices));
		}

		return found ?? otherwise;
	}

	/** A key without a value is an empty list. */
	list(key: string, of: string): readonly unknown[] {
		const value = this.value(key);
		if (!Array.isArray(value) && value !== undefined && value !== null) {
			this.wrong(key, `a list of ${of}`);
		}

		return Array.isArray(value) ? value : [];
	}

	/** A key without a value is an empty mapping. */
	record(key: string): Values | undefined {
		const value = this.value(key);
		if (value === undefined || isMap(value)) {
			return value;
		}

		return value === null ? {} : this.wrong(key, 'a mapping');
	}
}

export const isExpression = (value: unknown): value is CelExpression => value instanceof CelExpression;

// YAML 1.2 reads these as text, Ansible's YAML 1.1 did not.
const spelled: ReadonlyMap<string, boolean> = new Map([
	['yes', true],
	['on', true],
	['true', true],
	['no', false],
	['off', false],
	['false', false],
]);
