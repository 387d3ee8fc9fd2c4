import type { ASTNode } from '@marcbachmann/cel-js';
import { Secret } from '../shell/secret.ts';

import { findUnknown, isMap, type Kind, kindOf } from './kinds.ts';
import { DependsOnUnknown, type Gap } from './problems.ts';

/** A mistake in an expression; who catches it knows where the expression stands. */
export class Mistake extends Error {
	readonly hint: string | undefined;
	/** The part of the expression that it is about. */
	at: ASTNode | undefined;
	constructor(message: string, hint?: string) {
		super(message);
		this.hint = hint;
	}
}

/** Something that is not there: an error, unless `has`, `default` or the optional syntax asked. */
export class Missing extends Mistake {
	/** How far a name could be followed; undefined when it is no name that is missing. */
	readonly gap: Gap | undefined;
	/** Names that the expression itself binds, for suggestions. */
	readonly locals: readonly string[];
	constructor(what: Gap | string, locals: readonly string[] = []) {
		super(typeof what === 'string' ? what : what.names.join('.'));
		this.gap = typeof what === 'string' ? undefined : what;
		this.locals = locals;
	}
}

/** A value of CEL's optional syntax: there, or not. */
export class Optional {
	readonly found: { readonly value: unknown } | undefined;
	constructor(found?: { readonly value: unknown }) {
		this.found = found;
	}
}

/** Opens secrets, and remembers that it did: what is computed from one is secret too. */
export class Opener {
	used = false;

	/** The value itself; inside of a list or map secrets stay closed. */
	open(value: unknown): unknown {
		if (!(value instanceof Secret)) {
			return value;
		}

		this.used = true;
		return value.reveal();
	}

	/** The value with all secrets in it opened. @throws DependsOnUnknown */
	openAll(value: unknown): unknown {
		const unknown = typeof value === 'object' ? findUnknown(value) : undefined;
		if (unknown) {
			throw new DependsOnUnknown(unknown);
		}

		return mapTexts(value, (text) => this.open(text));
	}

	/** For messages: `a number (0)`, `the text "no"`; without the value when a secret may be in it. */
	describe(value: unknown): string {
		const kind = kindOf(value);
		if (value instanceof Optional) {
			return 'an optional value';
		}

		if (kind === 'null' || kind === 'omit') {
			return kind;
		}

		if (this.used || value instanceof Secret || !['text', 'number', 'boolean'].includes(kind)) {
			return `a ${kind}`;
		}

		const text = String(value);
		const shown = text.length > 40 ? `${text.slice(0, 40)}…` : text;
		return kind === 'text' ? `the text "${shown}"` : `the ${kind} ${shown}`;
	}
}

/** The same data with each text (secret or not) in it replaced. */
export function mapTexts(value: unknown, change: (text: string | Secret) => unknown): unknown {
	if (typeof value === 'string' || value instanceof Secret) {
		return change(value);
	}

	if (Array.isArray(value)) {
		return value.map((item) => mapTexts(item, change));
	}

	return isMap(value)
		? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapTexts(item, change)]))
		: value;
}

/** Close everything that was computed from a secret. Numbers and booleans stay: they are used as such. */
export const closeAll = (value: unknown): unknown =>
	mapTexts(value, (text) => (text instanceof Secret ? text : new Secret(text)));

/** @throws Mistake */
export function expectKind(value: unknown, kind: Kind, what: string, opener: Opener): void {
	if (kindOf(value) !== kind) {
		throw new Mistake(`${what} must be a ${kind}, and is ${opener.describe(value)}`);
	}
}
