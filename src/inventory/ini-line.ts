/** A word of a host line, quotes taken off, with its offsets in the line. */
export type Word = { readonly text: string; readonly start: number; readonly end: number };

export type Words = {
	readonly words: readonly Word[];
	/** Offset of a quote that is never closed. */
	readonly open?: number;
	/** Offset of a `#` that cuts off the end of a word: rarely what was meant. */
	readonly cut?: number;
};

/** Split a host line as a POSIX shell would, and Ansible does: blanks, quotes, backslashes, and `#` for the rest. */
export function splitLine(line: string): Words {
	const words: Word[] = [];
	let at = 0;
	for (;;) {
		at += /^\s*/.exec(line.slice(at))?.[0].length ?? 0;
		if (at >= line.length || line[at] === '#') {
			return { words };
		}

		const start = at;
		let text = '';
		while (at < line.length && !/[\s#]/.test(line.charAt(at))) {
			const [raw, plain] = piece(line, at);
			if (raw === '') {
				return { words, open: at };
			}

			text += plain;
			at += raw.length;
		}

		words.push({ text, start, end: at });
		if (line[at] === '#') {
			return { words, cut: at };
		}
	}
}

/** What stands at an offset, as written and as meant: a quoted part, an escaped sign, or text up to the next. */
function piece(line: string, at: number): readonly [raw: string, plain: string] {
	const rest = line.slice(at);
	if (rest.startsWith("'")) {
		const raw = /^'[^']*'/.exec(rest)?.[0] ?? '';
		return [raw, raw.slice(1, -1)];
	}

	if (rest.startsWith('"')) {
		const raw = /^"(?:[^"\\]|\\.)*"/.exec(rest)?.[0] ?? '';
		return [raw, raw.slice(1, -1).replace(/\\(["\\])/g, '$1')];
	}

	if (rest.startsWith('\\')) {
		return [rest.slice(0, 2), rest.slice(1, 2)];
	}

	const raw = /^[^\s#'"\\]+/.exec(rest)?.[0] ?? '';
	return [raw, raw];
}
