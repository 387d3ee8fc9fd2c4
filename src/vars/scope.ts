import type { Gap } from './problems.ts';

/** What a dotted name leads to, or how far it could be followed. */
export type Resolved = { readonly value: unknown } | { readonly gap: Gap };

/** The variables that templates and expressions see. */
export type Scope = {
	has(name: string): boolean;
	names(): ReadonlySet<string>;
	/**
	 * Follow a name into its value; only what is needed of it is computed.
	 * @throws what computing the value throws; a missing name is no exception here.
	 */
	resolve(name: string, path: readonly (string | number)[]): Resolved;
	/** All of them as a read-only map, each computed when it is read. */
	view(): Readonly<Record<string, unknown>>;
};
