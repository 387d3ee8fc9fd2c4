import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, readFile, rename, rm, stat } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { UserError } from '../errors.ts';
import { ask, lengthOf, statusOf } from './ask.ts';
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

type File = {
	readonly address: string;
	readonly checksum: string;
	readonly file: string;
	/** For people: who says that it has this checksum, when it is not the table. */
	readonly says?: string;
};

/**
 * Have a file: what is there already and right is left alone; what was cut off is gone on with (`FILE.part`). It gets its
 * name when it has its checksum, and never before.
 * @throws NotHad what this file lacks; UserError when nothing more can be written.
 */
export async function download(
	{ address, checksum, file, says }: File,
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
				`${address} has the checksum ${seen ?? 'of nothing'}, and it has to be ${checksum}${says === undefined ? '' : ` (${says})`}: it was thrown away. Was it changed on its way, or is it another file?`,
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
	const response = await ask(address, { from, silence });
	const status = statusOf(response);
	if (status === 416) {
		// There is no more of it than what is here, or it is shorter: its checksum says which.
		response.destroy();
		return from;
	}

	const goesOn = from > 0 && status === 206 && startOf(response) === from;
	if (status !== 200 && !goesOn) {
		response.destroy();
		refuse(address, response);
	}

	begins?.(goesOn ? from : 0, lengthOf(response));
	// What has come is kept, whatever comes then.
	let cut: unknown;
	const received = async function* (): AsyncGenerator<unknown> {
		try {
			yield* response;
		} catch (error) {
			cut = error;
		}
	};
	await pipeline(received, createWriteStream(part, { flags: goesOn ? 'a' : 'w' })).catch((error: unknown) => {
		throw onDisk(error, part);
	});
	if (cut !== undefined) {
		throw cut;
	}

	return goesOn ? from : 0;
}

const startOf = ({ headers }: IncomingMessage): number =>
	Number(/^bytes (\d+)-/.exec(headers['content-range'] ?? '')?.[1]);

function refuse(address: string, response: IncomingMessage): never {
	const status = statusOf(response);
	const words = `${status} ${response.statusMessage ?? ''}`.trim();
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
