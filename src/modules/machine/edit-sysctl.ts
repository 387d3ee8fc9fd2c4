type Request = {
	readonly name: string;
	readonly value?: string | undefined;
	readonly state: 'present' | 'absent';
};

/** The lines of a sysctl file as they should be: the parameter once, in the place of the first one of its name. */
export function editSysctl(lines: readonly string[], { name, value, state }: Request): readonly string[] {
	const wanted = state === 'present' ? [`${name} = ${value}`] : [];
	const first = lines.findIndex((line) => parse(line)?.name === canonical(name));
	const rest = (part: readonly string[]) => part.filter((line) => parse(line)?.name !== canonical(name));
	if (first === -1) {
		return [...lines, ...wanted];
	}

	const old = lines[first] ?? '';
	// How somebody spaced a line that is right already is no difference.
	const kept = state === 'present' && parse(old)?.value === value ? [old] : wanted;
	return [...lines.slice(0, first), ...kept, ...rest(lines.slice(first + 1))];
}

function parse(line: string): { readonly name: string; readonly value: string } | undefined {
	const found = /^\s*-?([^#;=\s][^=]*?)\s*=\s*(.*?)\s*$/.exec(line);
	return found === null
		? undefined
		: { name: canonical(found[1] ?? ''), value: (found[2] ?? '').replace(/\s+/g, ' ') };
}

// The file may write net/ipv4/ip_forward; where both kinds of separator stand, the first one counts.
const canonical = (name: string): string =>
	/^[^./]*\//.test(name) ? name.replace(/[./]/g, (sign) => (sign === '/' ? '.' : '/')) : name;
