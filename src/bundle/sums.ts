import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { ask, statusOf } from './ask.ts';
import { type DownloadOptions, download, downloadList, sizeOf } from './download.ts';
import { NotHad, whyOf } from './not-had.ts';
import type { Wanted } from './wanted.ts';

/** A file that can be recognized when it comes. */
export type Known = Wanted & { readonly checksum: string };

export type Sorted = {
	readonly known: readonly Known[];
	/** Lists that nothing proves but where they came from. */
	readonly lists: readonly Wanted[];
	/** What cannot be had, and why. */
	readonly missing: readonly string[];
};

/**
 * Find out which checksum each file has to have: that of the table, else that of the list of its release, which is had first.
 * @param looking nothing is written; a list that is not there yet is only read.
 */
export async function withSums(
	wanted: readonly Wanted[],
	folder: string,
	{ looking, ...options }: DownloadOptions & { readonly looking: boolean },
): Promise<Sorted> {
	const lists = wanted.filter(({ kind }) => kind === 'sums');
	const missing: string[] = [];
	const sums = new Map<string, ReadonlyMap<string, string>>();
	for (const list of lists) {
		try {
			sums.set(list.path, sumsIn(await (looking ? look(list, folder) : have(list, folder, options))));
		} catch (error) {
			if (!(error instanceof NotHad)) {
				throw error;
			}

			missing.push(`${list.path}: ${error.message}`);
		}
	}

	const known: Known[] = [];
	for (const one of wanted.filter(({ kind }) => kind !== 'sums')) {
		const list = sums.get(one.sums ?? '');
		const checksum = one.checksum ?? list?.get(one.path.split('/').at(-1) ?? '');
		if (checksum !== undefined && /^[0-9a-f]{64}$/.test(checksum)) {
			known.push({ ...one, checksum, sums: one.checksum === undefined ? one.sums : undefined });
		} else if (!(one.kind === 'list' && (list !== undefined || one.sums !== undefined))) {
			missing.push(`${one.path}: ${whyUnknown(one, checksum, list !== undefined)}`);
		}
	}

	return { known, lists: lists.filter(({ path }) => sums.has(path)), missing };
}

function whyUnknown({ path, address, sums }: Wanted, checksum: string | undefined, hasList: boolean): string {
	if (checksum !== undefined) {
		return `its checksum is given as ${checksum}, and a SHA-256 has 64 digits of 0-9a-f`;
	}

	if (sums !== undefined) {
		return hasList
			? `${sums} does not name it: has the release such a file?`
			: `its checksum would be in ${sums}`;
	}

	const name = path.split('/').at(-1);
	return `nobody knows its checksum. Give it as its publisher tells it, in versions_checksums_more: {${name}: …}; it is at ${address}`;
}

async function have(
	{ path, address, checksum }: Wanted,
	folder: string,
	options: DownloadOptions,
): Promise<string> {
	const file = join(folder, path);
	await (checksum === undefined
		? downloadList({ address, file, whole: (list) => sumsIn(list).size > 0 }, options)
		: download({ address, checksum, file }, options));
	return readFile(file, 'utf8');
}

async function look({ path, address }: Wanted, folder: string): Promise<string> {
	const file = join(folder, path);
	if ((await sizeOf(file)) !== undefined) {
		return readFile(file, 'utf8');
	}

	try {
		const response = await ask(address, { silence: 20_000 });
		if (statusOf(response) === 200) {
			return await text(response);
		}

		response.destroy();
		throw new NotHad(`${address} cannot be read: the server says ${statusOf(response)}`);
	} catch (error) {
		throw error instanceof NotHad ? error : new NotHad(`${address} cannot be read: ${whyOf(error)}`);
	}
}

/** Of lines as sha256sum(1) writes them: checksums by name. */
const sumsIn = (list: string): ReadonlyMap<string, string> =>
	new Map(
		[...list.matchAll(/^([0-9a-f]{64}) [ *]?(\S+)\r?$/gm)].map(
			([, sum = '', name = '']) => [name, sum] as const,
		),
	);
