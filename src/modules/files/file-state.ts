import type { Content, Reader } from '../../module/contract.ts';
import { type Attributes, attributesOf } from './attributes-of.ts';
import { ofPlainFile } from './of-plain-file.ts';
import { sha256Of } from './sha256-of.ts';

/** What matters of one file whose content is known. */
export type FileState = Attributes & {
	readonly type?: string | undefined;
	readonly sha256?: string | undefined;
	/** Where it really is, when the destination turned out to be a folder. */
	readonly path?: string | undefined;
};

/** The file at `dest`, or the one called `name` (when it has a name) in the folder there. A link counts as a link. */
export async function readFileState(
	dest: string,
	name: string,
	wanted: Attributes,
	host: Reader,
): Promise<FileState | undefined> {
	const [meant, file] = await Promise.all([host.stat(dest, { follow: true }), readFile(dest, wanted, host)]);
	if (meant?.type !== 'directory' || name === '') {
		return file;
	}

	const path = `${dest.replace(/\/+$/, '')}/${name}`;
	return { path, ...(await readFile(path, wanted, host)) };
}

/** The file at exactly this path. */
export async function readFile(
	path: string,
	wanted: Attributes,
	host: Reader,
): Promise<FileState | undefined> {
	const meant = host.stat(path, { follow: true });
	const [status, sha256] = await Promise.all([host.stat(path), ofPlainFile(meant, host.sha256(path))]);
	return status && { type: status.type, sha256, ...attributesOf(status, wanted) };
}

/** A plain file with this content; the attributes as far as they are asked for. */
export const fileWith = (content: Content, { mode, owner, group }: Attributes): FileState => ({
	type: 'file',
	sha256: sha256Of(content),
	mode,
	owner,
	group,
});
