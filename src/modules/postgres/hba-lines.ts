export type HbaRule = {
	readonly type: string;
	readonly database: readonly string[];
	readonly user: readonly string[];
	readonly address?: string | undefined;
	readonly method: string;
	readonly options?: Readonly<Record<string, string | number>> | undefined;
	readonly comment?: string | undefined;
};

/** One line of pg_hba.conf, in columns. */
export function hbaLine({ type, database, user, address, method, options = {}, comment }: HbaRule): string {
	const columns = [
		type.padEnd(7),
		database.map(word).join(',').padEnd(15),
		user.map(word).join(',').padEnd(15),
		(address ?? '').padEnd(23),
		[method, ...Object.entries(options).map(([name, value]) => `${name}=${word(String(value))}`)].join(' '),
	];
	const line = columns.join(' ').trimEnd();
	return comment === undefined ? line : `${line} # ${comment}`;
}

// Names with anything unusual in them are quoted. The keywords (all, replication …) are plain words, and so is the +
// before the name of a group: within the quotes it would be a part of the name.
function word(text: string): string {
	if (/^[\w.+@/:*-]+$/.test(text)) {
		return text;
	}

	return text.startsWith('+') ? `+"${text.slice(1)}"` : `"${text}"`;
}

/**
 * The text of a pg_hba.conf with these rules in the block of this owner, at the top because the first rule that
 * fits decides; or with nothing but them. Without rules the block goes.
 */
export function editHba(
	text: string,
	rules: readonly HbaRule[],
	{ owner, whole }: { readonly owner: string; readonly whole: boolean },
): string {
	const [begin, end] = [`# BEGIN g2pbook: ${owner}`, `# END g2pbook: ${owner}`];
	const lines = text.replace(/\n$/, '').split('\n');
	const block = rules.length === 0 ? [] : [begin, ...rules.map(hbaLine), end];
	if (whole) {
		return `${block.join('\n')}\n`;
	}

	const [from, to] = [lines.indexOf(begin), lines.indexOf(end)];
	const edited =
		from === -1 || to < from
			? [...block, ...lines]
			: [...lines.slice(0, from), ...block, ...lines.slice(to + 1)];
	return `${edited.join('\n')}\n`;
}
