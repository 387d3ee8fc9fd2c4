import { posix } from 'node:path';
import { impossible } from '../../module/impossible.ts';

/** What an archive would put in place. */
export type ArchiveEntry = {
	/** As written in the archive, relative to the folder it is unpacked in. */
	readonly path: string;
	/** `hard`: another name of a file in the archive. `other`: a device, a pipe, anything else. */
	readonly type: 'file' | 'directory' | 'link' | 'hard' | 'other';
	/** Where a link leads. */
	readonly target?: string | undefined;
	/** SHA-256 of a file in hexadecimal. */
	readonly sha256?: string | undefined;
};

/** The entries without the first `count` parts of their paths; those that have no more are left out, as by tar. */
export const stripped = (entries: readonly ArchiveEntry[], count: number): readonly ArchiveEntry[] =>
	entries
		.map((entry) => ({
			...entry,
			path: strip(entry.path, count),
			target: entry.type === 'hard' ? strip(entry.target ?? '', count) : entry.target,
		}))
		.filter(({ path }) => path !== '' && path !== '.');

const strip = (path: string, count: number): string => {
	const parts = path.split('/').filter((part) => part !== '' && part !== '.');
	return (path.startsWith('/') ? '/' : '') + parts.slice(count).join('/');
};

/** @throws Impossible when an entry would be written, or lead, out of the folder; or is a device. */
export function refuseEscapes(entries: readonly ArchiveEntry[]): void {
	const links = new Set(entries.filter(({ type }) => type === 'link').map(({ path }) => path));
	for (const { path, type, target = '' } of entries) {
		const parents = path.split('/').map((_, index, parts) => parts.slice(0, index).join('/'));
		const reason =
			(type === 'other' && 'is a device or pipe') ||
			(path.includes('\n') && 'has a line break in its name') ||
			(leavesFolder(path) && 'would be written outside of the folder') ||
			(parents.some((parent) => links.has(parent)) && 'would be written through a link') ||
			(type === 'link' && linkLeavesFolder(path, target) && `links to ${target}, outside of the folder`) ||
			(type === 'hard' && leavesFolder(target) && `links to ${target}, outside of the folder`);
		if (reason) {
			impossible(`the archive is refused: ${path} ${reason}`, 'nothing was unpacked');
		}
	}
}

const leavesFolder = (path: string): boolean => path.startsWith('/') || path.split('/').includes('..');

/** `..` is fine in front only: after another part, that part may be a link itself and lead anywhere. */
const linkLeavesFolder = (path: string, target: string): boolean =>
	/(?:^|\/)(?!\.\.?(?:\/|$))[^/]+\/(?:.*\/)?\.\.(?:\/|$)/.test(target) ||
	leavesFolder(target.startsWith('/') ? target : posix.join(posix.dirname(path), target));
