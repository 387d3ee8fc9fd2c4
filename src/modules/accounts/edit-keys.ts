type Request = {
	readonly key: readonly string[];
	readonly key_options?: string | undefined;
	readonly comment?: string | undefined;
	readonly state: 'present' | 'absent';
	readonly exclusive: boolean;
};

/** The lines of an authorized_keys file as they should be. Keys are the same when type and blob are. */
export function editKeys(lines: readonly string[], request: Request): readonly string[] {
	const wanted = new Map(request.key.map((line) => [identityOf(line) ?? line, written(line, request)]));
	if (request.state === 'absent') {
		return lines.filter((line) => !wanted.has(identityOf(line) ?? ''));
	}

	const seen = new Set<string>();
	const kept = lines.flatMap((line) => {
		const identity = identityOf(line);
		if (identity === undefined) {
			return request.exclusive ? [] : [line];
		}

		const replacement = wanted.get(identity);
		if (replacement === undefined) {
			return request.exclusive ? [] : [line];
		}

		// The second line of the same key would give it back the options that the first one took away.
		const again = seen.has(identity);
		seen.add(identity);
		return again ? [] : [replacement];
	});
	return [...kept, ...[...wanted].filter(([identity]) => !seen.has(identity)).map(([, line]) => line)];
}

// Options may hold blanks between quotes, so the key is found by its form, not by its place.
const keyPattern = /^(?:(.*?)\s+)?((?:ssh|ecdsa|sk)-[\w@.-]+)\s+(AAAA[\w+/=]+)(?:\s+(.*))?$/;

function identityOf(line: string): string | undefined {
	const found = keyPattern.exec(line.trim());
	return found === null || line.trimStart().startsWith('#') ? undefined : `${found[2]} ${found[3]}`;
}

function written(line: string, { key_options, comment }: Request): string {
	const [, options, type, blob, note] = keyPattern.exec(line) ?? [];
	return type === undefined
		? line
		: [key_options ?? options, type, blob, comment ?? note]
				.filter((part) => part !== undefined && part !== '')
				.join(' ');
}
