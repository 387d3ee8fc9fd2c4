export { CelExpression, SecretReference, VaultedValue } from '../yaml/tags.ts';

/**
 * Where values come from, lowest precedence first. The one place in the code that knows the order; the table in
 * docs/variables.md is made from it.
 */
export const precedence = [
	'role defaults',
	'group vars',
	'host vars',
	'facts',
	'play vars',
	'vars_files',
	'role vars',
	'block vars',
	'task vars',
	'run-time vars',
	'parameters',
	'extra vars',
	'magic',
] as const;

export type LayerKind = (typeof precedence)[number];

/** Values of one origin. Values are raw: templates, `!cel` and `!secret` in them are resolved when looked up. */
export type Layer = {
	readonly kind: LayerKind;
	/** For people: a file, `play "Storage"`, `set_fact`. */
	readonly origin: string;
	readonly values: Readonly<Record<string, unknown>>;
	/**
	 * The values are taken as they are: `{{ }}` in them is text. For whatever a host said (facts, registered
	 * results), which must never be able to name a variable of ours.
	 */
	readonly literal?: boolean;
};

/** A value that cannot be known when checking, because what would produce it was not run. */
export class Unknown {
	/** What would produce it, for people: `the result of "Read the version"`. */
	readonly reason: string;
	constructor(reason: string) {
		this.reason = reason;
	}
}
