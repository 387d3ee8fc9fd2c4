/** Names in the order in which they came. */
export class Numbers {
	readonly #numbers = new Map<string, number>();

	/** Those of the names that were not known. */
	add(names: readonly string[]): readonly string[] {
		return names.filter((name) => {
			const isNew = !this.#numbers.has(name);
			if (isNew) {
				this.#numbers.set(name, this.#numbers.size);
			}

			return isNew;
		});
	}

	/** The place of a name that was added. */
	of(name: string): number {
		return this.#numbers.get(name) ?? -1;
	}
}
