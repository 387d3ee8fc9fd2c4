/**
 * Whether a name matches `web*`, `web?`, `web[0-9]`, or `~regex` from its start; a plain word matches itself.
 * undefined when the pattern is broken.
 */
export function matcher(pattern: string): ((name: string) => boolean) | undefined {
	const expression = pattern.startsWith('~') ? `^(?:${pattern.slice(1)})` : `^${translate(pattern)}$`;
	try {
		const compiled = new RegExp(expression, 's');
		return (name) => compiled.test(name);
	} catch {
		return undefined;
	}
}

const translate = (pattern: string): string =>
	pattern.replace(
		/\[(!?)([^\]]+)\]|[*?]|[\\^$.|+(){}[\]]/g,
		(sign, not: string | undefined, set?: string) => {
			if (set !== undefined) {
				return `[${not === '!' ? '^' : ''}${set.replace(/[\\^\]]/g, '\\$&')}]`;
			}

			return sign === '*' ? '.*' : sign === '?' ? '.' : `\\${sign}`;
		},
	);
