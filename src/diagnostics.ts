/** A place in a file that a person wrote. Lines and columns count from 1. */
export type Source = {
	readonly file: string;
	readonly line: number;
	readonly column: number;
	/** Characters to underline; 1 when not given. */
	readonly length?: number;
};

/** One problem in what a person wrote, found before any host is contacted. */
export type Diagnostic = {
	readonly severity: 'error' | 'warning';
	/** What is wrong: what was expected and what was seen. */
	readonly summary: string;
	/** What to do about it. */
	readonly hint?: string | undefined;
	readonly source?: Source | undefined;
};

type Details = { readonly source?: Source | undefined; readonly hint?: string | undefined };

/** Problems are collected and reported together, so that one run of the loader shows them all. */
export class Diagnostics {
	readonly list: Diagnostic[] = [];

	error(summary: string, details: Details = {}): void {
		this.list.push({ severity: 'error', summary, ...details });
	}

	warning(summary: string, details: Details = {}): void {
		this.list.push({ severity: 'warning', summary, ...details });
	}

	get errors(): readonly Diagnostic[] {
		return this.list.filter(({ severity }) => severity === 'error');
	}
}

/** `file:line:column`, the form that editors and terminals make clickable. */
export const place = ({ file, line, column }: Source): string => `${file}:${line}:${column}`;

/** The known name that `word` was probably meant to be, if one is near enough. */
export function nearest(word: string, known: Iterable<string>): string | undefined {
	let best: string | undefined;
	// Of four letters two are half the word: that is another word.
	let limit = (word.length <= 4 ? 1 : Math.max(2, Math.ceil(word.length / 3))) + 0.5;
	for (const name of known) {
		// Each letter too many is a slip of its own.
		const isNear = Math.abs(word.length - name.length) < limit;
		const distance = isNear ? editDistance(word.toLowerCase(), name.toLowerCase()) : limit;
		if (distance < limit) {
			best = name;
			limit = distance;
		}
	}

	return best;
}

/** `did you mean "x"?` or undefined: the usual hint for an unknown name. */
export function didYouMean(word: string, known: Iterable<string>): string | undefined {
	const name = nearest(word, known);
	return name === undefined ? undefined : `did you mean "${name}"?`;
}

// Damerau-Levenshtein over adjacent swaps: "gdi" is one slip away from "gid".
function editDistance(a: string, b: string): number {
	let [beforeLast, last]: [number[], number[]] = [[], Array.from({ length: b.length + 1 }, (_, i) => i)];
	for (let i = 1; i <= a.length; i++) {
		const row = [i];
		for (let j = 1; j <= b.length; j++) {
			const cost = a[i - 1] === b[j - 1] ? 0 : 1;
			let value = Math.min((row[j - 1] ?? 0) + 1, (last[j] ?? 0) + 1, (last[j - 1] ?? 0) + cost);
			if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
				value = Math.min(value, (beforeLast[j - 2] ?? 0) + 1);
			}

			row.push(value);
		}

		[beforeLast, last] = [last, row];
	}

	return last[b.length] ?? 0;
}
