import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { UserError } from '../errors.ts';
import { NotHad, whyOf } from './not-had.ts';

export type DownloadOptions = {
	/** Milliseconds before the first repetition; each one waits twice as long as the one before. */
	readonly pause?: number;
	/** Milliseconds without a byte after which a connection counts as cut. */
	readonly silence?: number;
	/** Is told from which byte on it comes, and how many are to come when the server says so. */
	readonly begins?: (from: number, bytes: number | undefined) => void;
};

/** How often nothing more comes before the source counts as away. */
const tries = 4;

/**
 * Have a file: what is there already and right is left alone; what was cut off is gone on with (`FILE.part`). It gets its
 * name when it has its checksum, and never before.
 * @throws NotHad what this file lacks; UserError when nothing more can be written.
 */
export async function download(
	{ address, checksum, file }: { readonly address: string; readonly checksum: string; readonly file: string },
	options: DownloadOptions = {},
): Promise<'there' | 'downloaded'> {
	if ((await sumOf(file)) === checksum) {
		return 'there';
	}

	const part = await draftOf(file);
	for (;;) {
		const began = await receive(address, part, options);
		const seen = await sumOf(part);
		if (seen === checksum) {
			await rename(part, file);
			return 'downloaded';
		}

		await rm(part, { force: true });
		// What it went on with may have been the begin of another file: once more, and whole.
		if (began === 0) {
			throw new NotHad(
				`${address} has the checksum ${seen ?? 'of nothing'}, and it has to be ${checksum}: it was thrown away. Was it changed on its way, or is it another file?`,
			);
		}
	}
}

/**
 * Have a file of which nobody knows the checksum, as the list is that has those of others. One that is there is left alone.
 * @param whole says whether it is what it has to be.
 * @throws NotHad, UserError as `download`
 */
export async function downloadList(
	{
		address,
		file,
		whole,
	}: { readonly address: string; readonly file: string; readonly whole: (text: string) => boolean },
	options: DownloadOptions = {},
): Promise<void> {
	if ((await sizeOf(file)) !== undefined) {
		return;
	}

	const part = await draftOf(file);
	// What is here of it may be the begin of another one, and nothing would show it.
	await rm(part, { force: true });
	await receive(address, part, options);
	if (!whole(await readFile(part, 'utf8'))) {
		await rm(part);
		throw new NotHad(`${address} is no list of checksums: it was thrown away. Is this where the release is?`);
	}

	await rename(part, file);
}

/** SHA-256 of a file; undefined when there is none. */
export async function sumOf(file: string): Promise<string | undefined> {
	if ((await sizeOf(file)) === undefined) {
		return undefined;
	}

	const hash = createHash('sha256');
	await pipeline(createReadStream(file), hash);
	return hash.digest('hex');
}

/** Bytes of a file; undefined when there is none. */
export async function sizeOf(file: string): Promise<number | undefined> {
	try {
		return (await stat(file)).size;
	} catch {
		return undefined;
	}
}

/** Where a file is until it is right; its folder is made. */
async function draftOf(file: string): Promise<string> {
	const part = `${file}.part`;
	await mkdir(dirname(file), { recursive: true }).catch((error: unknown) => {
		throw onDisk(error, part);
	});
	return part;
}

/** Bytes for people. */
export const sized = (bytes: number): string =>
	bytes >= 1e6
		? `${(bytes / 1e6).toFixed(1)} MB`
		: bytes >= 1e3
			? `${(bytes / 1e3).toFixed(1)} kB`
			: `${bytes} B`;

/** Bring all of an address into a file, however often the connection is cut. Gives from which byte on it came at least. */
async function receive(address: string, part: string, options: DownloadOptions): Promise<number> {
	const { pause = 1000 } = options;
	let began = Number.POSITIVE_INFINITY;
	for (let failures = 0; ; ) {
		const before = (await sizeOf(part)) ?? 0;
		try {
			return Math.min(began, await receiveOnce(address, part, before, options));
		} catch (error) {
			if (error instanceof UserError) {
				throw error;
			}

			const after = (await sizeOf(part)) ?? 0;
			// Only what was there before this command can be of another file.
			began = Math.min(began, before);
			failures = after > before ? 1 : failures + 1;
			if (failures >= tries) {
				throw new NotHad(`${address} cannot be downloaded: ${whyOf(error)}`);
			}

			await sleep(pause * 2 ** (failures - 1));
		}
	}
}

async function receiveOnce(
	address: string,
	part: string,
	from: number,
	{ silence = 60_000, begins }: DownloadOptions,
): Promise<number> {
	const controller = new AbortController();
	const cut = () => controller.abort(new Error(`nothing came for ${silence / 1000} s`));
	const timer = setTimeout(cut, silence);
	try {
		const response = await fetch(address, {
			// Or a server packs it once more, and it is unpacked here.
			headers: { 'accept-encoding': 'identity', ...(from > 0 && { range: `bytes=${from}-` }) },
			signal: controller.signal,
		});
		if (response.status === 416) {
			// There is no more of it than what is here, or it is shorter: its checksum says which.
			await response.body?.cancel();
			return from;
		}

		const goesOn = from > 0 && response.status === 206 && startOf(response) === from;
		if ((!response.ok || response.status === 206) && !goesOn) {
			await response.body?.cancel();
			refuse(address, response);
		}

		const length = response.headers.get('content-length');
		begins?.(goesOn ? from : 0, length === null ? undefined : Number(length));
		const disk = createWriteStream(part, { flags: goesOn ? 'a' : 'w' });
		await pipeline(
			response.body ?? Readable.from([]),
			async function* (chunks: AsyncIterable<Uint8Array>) {
				for await (const chunk of chunks) {
					timer.refresh();
					yield chunk;
				}
			},
			disk,
		).catch((error: unknown) => {
			throw onDisk(error, part);
		});
		return goesOn ? from : 0;
	} finally {
		clearTimeout(timer);
	}
}

const startOf = (response: Response): number =>
	Number(/^bytes (\d+)-/.exec(response.headers.get('content-range') ?? '')?.[1]);

function refuse(address: string, { status, statusText }: Response): never {
	const words = `${status} ${statusText}`.trim();
	// The server may be tired; anything else it says again.
	if (status >= 500 || status === 429 || status === 206) {
		throw new Error(`the server says ${words}`);
	}

	throw new NotHad(`${address} cannot be downloaded: the server says ${words}`);
}

/** A failure of the disk, which is none of the connection: it hits all that comes after it. */
function onDisk(error: unknown, part: string): unknown {
	const code = error instanceof Error && 'syscall' in error && 'code' in error ? String(error.code) : '';
	return ['ENOSPC', 'EDQUOT', 'EACCES', 'EROFS', 'EIO', 'EFBIG', 'EISDIR', 'ENOTDIR', 'EEXIST'].includes(code)
		? new UserError(`${part} cannot be written: ${whyOf(error)}`, {
				hint:
					code === 'ENOSPC' || code === 'EDQUOT'
						? 'make room, or name a folder on another disk; the same command goes on where this one has ended'
						: 'may you write there?',
				cause: error,
			})
		: error;
}
