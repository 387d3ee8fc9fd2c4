/** All values of a kind in a value, however deep: secrets, references to secrets, expressions. */
export function* within<T extends object>(
	value: unknown,
	kind: abstract new (...args: never[]) => T,
): Iterable<T> {
	if (value instanceof kind) {
		yield value;
	} else if (typeof value === 'object' && value !== null) {
		for (const item of Object.values(value)) {
			yield* within(item, kind);
		}
	}
}
