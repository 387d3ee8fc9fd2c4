import type { Change, State } from './contract.ts';

/** The one place that decides whether something must change; undefined when nothing must. */
export function compare<S extends State>(before: S | undefined, after: S | undefined): Change<S> | undefined {
	if (after === undefined) {
		return before && { action: 'delete', before };
	}

	if (before === undefined) {
		return { action: 'create', after };
	}

	const keys = new Set(
		Object.keys(after).filter((key) => after[key] !== undefined && !same(before[key], after[key])),
	);
	return keys.size === 0 ? undefined : { action: 'update', before, after, keys };
}

function same(a: State[string], b: State[string]): boolean {
	return Array.isArray(a) && Array.isArray(b)
		? a.length === b.length && a.every((item, index) => item === b[index])
		: a === b;
}
