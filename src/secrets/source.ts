import type { Secret } from '../shell/secret.ts';
import type { SecretReference } from '../yaml/tags.ts';

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
