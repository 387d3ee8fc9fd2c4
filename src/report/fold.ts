/** Things that gave the same lines. */
export type Fold<T> = { readonly members: readonly T[]; readonly lines: readonly string[] };

/** Those that answered alike in one entry, in the order in which they first appear. */
export function fold<T>(things: readonly T[], linesFor: (thing: T) => readonly string[]): Fold<T>[] {
	const folds = new Map<string, { members: T[]; lines: readonly string[] }>();
	for (const thing of things) {
		const lines = linesFor(thing);
		const key = lines.join('\n');
		const known = folds.get(key);
		if (known === undefined) {
			folds.set(key, { members: [thing], lines });
		} else {
			known.members.push(thing);
		}
	}

	return [...folds.values()];
}

/** The names with blanks between them; beyond `limit` how many more there are. */
export function names(all: readonly string[], { limit = 8, between = ' ' } = {}): string {
	return all.length <= limit
		? all.join(between)
		: `${all.slice(0, limit).join(between)}${between}… ${all.length - limit} more`;
}
