import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import pLimit from 'p-limit';
import { UserError } from '../errors.ts';
import { type DownloadOptions, download, sized, sizeOf, sumOf } from './download.ts';
import { imagesInChart, imagesInList } from './images.ts';
import { NotHad, proxyAdvice, whyOf } from './not-had.ts';
import type { PackageList } from './packages.ts';
import { bundlePage, imagesPage, packagePage, packagesPage } from './pages.ts';
import { type Known, withSums } from './sums.ts';
import type { Wanted } from './wanted.ts';

export type Content = { readonly wanted: readonly Wanted[]; readonly packages: readonly PackageList[] };

type Options = Omit<DownloadOptions, 'begins'> & {
	readonly tell: (line: string) => void;
	/** Of g2pbook. */
	readonly version: string;
};

/** Downloads beside each other: more would not be faster, and less polite. */
const connections = 3;
/** Of such a file it is told when it begins, too. */
const large = 20e6;
const manifest = 'bundle.json';
const sumsFile = 'SHA256SUMS';

/**
 * Make the folder what `content` says, going on with what is there. Only when all of it is there and right, it gets its
 * checksums and last of all its manifest.
 * @throws UserError that names all that could not be had.
 */
export async function makeBundle(folder: string, content: Content, options: Options): Promise<void> {
	const { tell, version, ...waits } = options;
	await begin(folder);
	const sorted = await withSums(content.wanted, folder, { ...waits, looking: false });
	const limit = pLimit(connections);
	const results = await Promise.all(
		sorted.known.map((one) => limit(() => have(one, folder, { tell, ...waits }))),
	).finally(() => limit.clearQueue());
	const missing = [...sorted.missing, ...results.filter((line) => line !== '')];
	if (missing.length > 0) {
		throw new UserError(
			`${folder} is no bundle yet. What could not be had:\n${missing.map((line) => `  ${line}`).join('\n')}`,
			{
				hint: [
					'mend this, and give the same command again: what is there is not downloaded twice',
					proxyAdvice(process.env),
				]
					.filter((advice) => advice !== '')
					.join('; '),
			},
		);
	}

	const files = [...sorted.known, ...sorted.lists].sort((a, b) => (a.path < b.path ? -1 : 1));
	const pages = await pagesFor(folder, content, files, sorted.lists);
	for (const [path, text] of Object.entries(pages)) {
		await place(join(folder, path), text);
	}

	const all = await Promise.all(
		[...files.map(({ path }) => path), ...Object.keys(pages)]
			.sort()
			.map((path) => limit(() => measured(folder, path))),
	);
	await place(join(folder, sumsFile), all.map(({ path, sha256 }) => `${sha256}  ${path}\n`).join(''));
	const addresses = Object.fromEntries(files.map(({ path, address }) => [path, address]));
	const made = { g2pbook: version, files: all.map((one) => ({ ...one, from: addresses[one.path] })) };
	await place(join(folder, manifest), `${JSON.stringify(made, undefined, '\t')}\n`);
	tell(`${folder} is whole: ${all.length} files, ${sized(all.reduce((sum, { size }) => sum + size, 0))}`);
}

/** From here on it is whole only when it says so again. */
async function begin(folder: string): Promise<void> {
	try {
		await mkdir(folder, { recursive: true });
		await Promise.all([manifest, sumsFile].map((name) => rm(join(folder, name), { force: true })));
	} catch (error) {
		throw new UserError(`the bundle cannot be written: ${whyOf(error)}`, {
			hint: 'name another folder',
			cause: error,
		});
	}
}

/** One file; gives what is wrong with it, or nothing. */
async function have(
	{ path, address, checksum, sums }: Known,
	folder: string,
	{ tell, ...waits }: Omit<Options, 'version'>,
): Promise<string> {
	try {
		const file = join(folder, path);
		const begins = (from: number, bytes = 0) => {
			if (from > 0 || bytes >= large) {
				tell(`${path}: ${from > 0 ? `goes on at ${sized(from)}, ` : ''}${sized(bytes)} to come`);
			}
		};
		const done = await download(
			{
				address,
				checksum,
				file,
				...(sums !== undefined && { says: `says ${sums}; delete that to have it anew` }),
			},
			{ ...waits, begins },
		);
		tell(`${path}: ${done === 'there' ? 'there' : `downloaded, ${sized((await sizeOf(file)) ?? 0)}`}`);
		return '';
	} catch (error) {
		if (error instanceof NotHad) {
			return `${path}: ${error.message}`;
		}

		throw error;
	}
}

async function pagesFor(
	folder: string,
	{ packages }: Content,
	files: readonly Wanted[],
	lists: readonly Wanted[],
): Promise<Readonly<Record<string, string>>> {
	const images = new Map<string, readonly string[]>();
	for (const { path, kind } of files) {
		if (kind === 'list') {
			images.set(path, imagesInList(await readFile(join(folder, path), 'utf8')));
		} else if (path.endsWith('.tgz')) {
			images.set(path, chartImages(await readFile(join(folder, path)), path));
		}
	}

	return {
		'README.md': bundlePage(
			files,
			lists.filter(({ checksum }) => checksum === undefined),
		),
		'images.txt': imagesPage(images),
		'packages/README.md': packagesPage(packages),
		...Object.fromEntries(packages.map((list) => [`packages/${list.platform}.txt`, packagePage(list)])),
	};
}

/** It has the right checksum: when it cannot be read, that is how its publisher has made it. */
function chartImages(content: Buffer, path: string): readonly string[] {
	try {
		return imagesInChart(content);
	} catch (error) {
		return [`# ${path} cannot be read: ${whyOf(error).split('\n', 1)[0]}`];
	}
}

async function measured(folder: string, path: string) {
	const file = join(folder, path);
	return { path, sha256: (await sumOf(file)) ?? '', size: (await sizeOf(file)) ?? 0 };
}

/** Write a file by a change of names: nobody ever reads half of it. */
async function place(file: string, text: string): Promise<void> {
	const draft = `${file}.part`;
	try {
		await mkdir(dirname(file), { recursive: true });
		await writeFile(draft, text);
		await rename(draft, file);
	} catch (error) {
		throw new UserError(`${file} cannot be written: ${whyOf(error)}`, { cause: error });
	}
}
