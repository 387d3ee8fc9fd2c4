const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '\\': '\\' };

/** `text` with `\1`, `\g<1>`, `\g<name>`, `\n` and `\t` replaced as Python's `re` does it in replacements. */
export const expandBackrefs = (
	text: string,
	match: {
		readonly [index: number]: string | undefined;
		readonly groups?: Readonly<Record<string, string>> | undefined;
	},
): string =>
	text.replace(
		/\\(?:(\d{1,2})|g<(\w+)>|([ntr\\]))/g,
		(_, number: string | undefined, name: string | undefined, letter: string | undefined) => {
			const group = number ?? name;
			if (group === undefined) {
				return escapes[letter ?? ''] ?? '';
			}

			return (/^\d+$/.test(group) ? match[Number(group)] : match.groups?.[group]) ?? '';
		},
	);
