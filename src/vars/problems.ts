import { didYouMean, place, type Source } from '../diagnostics.ts';
import { UserError } from '../errors.ts';
import { adviceOnName } from './ansible-names.ts';
import { kindOf } from './kinds.ts';
import type { Unknown } from './types.ts';

type Details = { readonly source?: Source | undefined; readonly hint?: string | undefined };

const located = (summary: string, source: Source | undefined): string =>
	source === undefined ? summary : `${summary}\n  at ${place(source)}`;

/** A template or an expression that cannot be computed. */
export class BadValue extends UserError {
	override readonly name = 'BadValue';
	readonly source: Source | undefined;
	constructor(summary: string, { source, hint }: Details = {}) {
		super(located(summary, source), { hint });
		this.source = source;
	}
}

/** A name, or a part of a dotted name, that nothing defines. */
export class UndefinedVariable extends UserError {
	override readonly name = 'UndefinedVariable';
	/** As it was asked for: `db.prot`. */
	readonly variable: string;
	readonly source: Source | undefined;
	constructor(variable: string, summary: string, { source, hint }: Details = {}) {
		super(located(summary, source), { hint });
		this.variable = variable;
		this.source = source;
	}
}

/** Computing a value met one that cannot be known when checking. */
export class DependsOnUnknown extends UserError {
	override readonly name = 'DependsOnUnknown';
	readonly unknown: Unknown;
	constructor(unknown: Unknown) {
		super(`depends on ${unknown.reason}, which cannot be known before it runs`);
		this.unknown = unknown;
	}
}

/** How far a dotted name could be followed. */
export type Gap = {
	/** The whole name, part by part. */
	readonly names: readonly string[];
	/** How many of the parts exist. */
	readonly depth: number;
	/** The value of the last part that exists; of no meaning at depth 0. */
	readonly parent: unknown;
};

const listed = 12;

/** "db.prot" is not defined: db has host, port. */
export function explainGap({ names, depth, parent }: Gap, known: Iterable<string>) {
	const variable = names.join('.');
	const wanted = names[depth] ?? '';
	const advised =
		depth === 0 || names[0] === 'hostvars' ? adviceOnName(wanted, names.slice(depth + 1)) : undefined;
	if (depth === 0) {
		return { variable, summary: `"${wanted}" is not defined`, hint: advised ?? didYouMean(wanted, known) };
	}

	const owner = names.slice(0, depth).join('.');
	const summary = `"${variable}" is not defined: ${owner} ${possessions(parent)}`;
	const keys = kindOf(parent) === 'map' ? Object.keys(Object(parent)) : [];
	return { variable, summary, hint: advised ?? didYouMean(wanted, keys) };
}

function possessions(parent: unknown): string {
	if (Array.isArray(parent)) {
		return parent.length === 0 ? 'is an empty list' : `is a list with the items 0 to ${parent.length - 1}`;
	}

	if (kindOf(parent) !== 'map') {
		return `is ${parent === null ? 'null' : `a ${kindOf(parent)}`}`;
	}

	const keys = Object.keys(Object(parent));
	const more = keys.length > listed ? ` and ${keys.length - listed} more` : '';
	return keys.length === 0 ? 'is an empty map' : `has ${keys.slice(0, listed).join(', ')}${more}`;
}
