import { linesOf } from '../lib/lines.ts';

type Request = {
	readonly path: string;
	readonly src?: string | undefined;
	readonly fstype?: string | undefined;
	readonly opts: string;
	readonly dump: number;
	readonly passno: number;
	readonly state: string;
};

export type FstabEntry = {
	readonly src: string;
	readonly path: string;
	readonly fstype: string;
	readonly opts: string;
};

/** The lines of an fstab as they should be: one for this mount point, in the place of the first. */
export function editFstab(lines: readonly string[], request: Request): readonly string[] {
	const { src, path, fstype, opts, dump, passno, state } = request;
	if (!['mounted', 'present', 'absent', 'absent_from_fstab'].includes(state)) {
		return lines;
	}

	const fields = [src, path, fstype, opts].map((word) => escapeWord(word ?? ''));
	const line = [...fields, dump, passno].join(' ');
	const wanted = state === 'mounted' || state === 'present' ? [line] : [];
	const first = lines.findIndex((text) => isMeant(parse(text), request));
	if (first === -1) {
		return [...lines, ...wanted];
	}

	const old = lines[first] ?? '';
	const kept = wanted.length > 0 && words(old).join(' ') === line ? [old] : wanted;
	const rest = lines.slice(first + 1).filter((text) => !isMeant(parse(text), request));
	return [...lines.slice(0, first), ...kept, ...rest];
}

/** The entry of this mount point. */
export const fstabEntry = (
	content: string,
	wanted: { readonly path: string; readonly src?: string | undefined },
): FstabEntry | undefined =>
	linesOf(content)
		.map(parse)
		.find((entry) => isMeant(entry, wanted));

// Swap has no mount point: its entries are told apart by their source.
const isMeant = (
	entry: FstabEntry | undefined,
	{ path, src }: { readonly path: string; readonly src?: string | undefined },
): boolean => entry?.path === path && (path !== 'none' || entry.src === src);

function parse(line: string): FstabEntry | undefined {
	const [src, path, fstype, opts = 'defaults'] = words(line);
	return src === undefined || path === undefined || fstype === undefined || src.startsWith('#')
		? undefined
		: {
				src: plainWord(src),
				path: plainWord(path).replace(/(?<=.)\/+$/, ''),
				fstype,
				opts,
			};
}

/** All six words; the last two are 0 when not written. */
function words(line: string): readonly string[] {
	const found = line.trim().split(/\s+/);
	return found.length >= 4 ? [...found, '0', '0'].slice(0, 6) : found;
}

const escapeWord = (word: string): string =>
	word.replaceAll('\\', '\\134').replaceAll(' ', '\\040').replaceAll('\t', '\\011');
const plainWord = (word: string): string =>
	word.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
