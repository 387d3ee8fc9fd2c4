import type { Scope } from './scope.ts';

const views = new WeakSet<object>();

/** Whether a value is a view: what it gives is rendered already, and must not be again. */
export const isView = (value: unknown): boolean =>
	typeof value === 'object' && value !== null && views.has(value);

/** A read-only map of all variables that computes a value when it is read. */
export function viewOf(
	scope: Pick<Scope, 'has' | 'names'>,
	read: (name: string) => unknown,
): Readonly<Record<string, unknown>> {
	const has = (name: string | symbol): name is string => typeof name === 'string' && scope.has(name);
	const view = new Proxy<Record<string, unknown>>(Object.create(null), {
		has: (_, name) => has(name),
		get: (_, name) => (has(name) ? read(name) : undefined),
		ownKeys: () => [...scope.names()],
		// Only that it is there: whoever lists the names does not want all values computed.
		getOwnPropertyDescriptor: (_, name) =>
			has(name) ? { enumerable: true, configurable: true, writable: false, value: undefined } : undefined,
		set: () => false,
		defineProperty: () => false,
		deleteProperty: () => false,
	});
	views.add(view);
	return view;
}
