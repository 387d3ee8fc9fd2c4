import type { Secret } from '../shell/secret.ts';
import type { SecretReference } from '../yaml/tags.ts';

export { CelExpression, SecretReference } from '../yaml/tags.ts';

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

/** Where `!secret` looks. */
export type SecretSource = {
	/** @throws BadInput when the store has no such name and nothing may be generated. */
	get(reference: SecretReference): Secret;
	/** The same, if it is there already: nothing is made. */
	known?(reference: SecretReference): Secret | undefined;
	/** Is told of each text that was computed from secrets: it is secret too. */
	computed?(secret: Secret): void;
	/**
	 * Wait until everything that was generated is stored. Call it before a value leaves for a host: one that is on
	 * a host and in no store would be lost. @throws UserError when it could not be stored
	 */
	flush?(): Promise<void>;
};
