import type { Reader } from '../../module/contract.ts';
import { impossible } from '../../module/impossible.ts';
import { sh } from '../../shell/command.ts';
import { linesOf } from '../lib/lines.ts';
import type { ArchiveEntry } from './archive-entry.ts';

/** The entries of a tar archive on the host, by its GNU tar. @throws ReadFailed */
export async function tarEntriesOnHost(path: string, host: Reader): Promise<readonly ArchiveEntry[]> {
	const [list, sums] = await Promise.all([
		host.read(sh`tar --list --verbose --full-time --absolute-names --quoting-style=escape --file ${path}`),
		// The hashes of the files, in the order of the list.
		host.read(sh`tar --extract --absolute-names --to-command sha256sum --file ${path}`),
	]);
	const hashes = linesOf(sums.stdout).map((line) => line.slice(0, 64));
	return linesOf(list.stdout).map((line) => {
		const entry = entryOf(line, path);
		return entry.type === 'file' ? { ...entry, sha256: hashes.shift() } : entry;
	});
}

const types: Readonly<Record<string, ArchiveEntry['type']>> = {
	'-': 'file',
	d: 'directory',
	l: 'link',
	h: 'hard',
};

function entryOf(line: string, archive: string): ArchiveEntry {
	const [, letter = '', rest] =
		/^(\S)\S+ +\S+ +[\d,]+ +\d{4}-\d\d-\d\d +\d\d:\d\d:\d\d(?:\.\d+)? (.*)$/.exec(line) ?? [];
	if (rest === undefined) {
		return impossible(`what tar says about ${archive} is not understood: ${line}`);
	}

	const type = types[letter] ?? 'other';
	const parts = type === 'link' ? rest.split(' -> ') : type === 'hard' ? rest.split(' link to ') : [rest];
	const [path = '', target] = parts;
	if (parts.length > 2) {
		return impossible(`names in ${archive} cannot be told apart: ${rest}`);
	}

	return { path: unescaped(path), type, target: target === undefined ? undefined : unescaped(target) };
}

/** The text of tar's `escape` quoting: `\n`, `\\`, and bytes in octal. */
const unescaped = (text: string): string =>
	Buffer.from(
		text.replace(/\\(?:([0-7]{3})|(.))/g, (_, octal: string | undefined, letter = '') =>
			octal === undefined
				? ({ n: '\n', t: '\t', r: '\r', b: '\b', f: '\f', a: '\x07', v: '\v' }[letter as string] ?? letter)
				: String.fromCharCode(Number.parseInt(octal, 8)),
		),
		'latin1',
	).toString();
