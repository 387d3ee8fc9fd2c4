import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';
import { impossible } from '../../module/impossible.ts';
import type { ArchiveEntry } from './archive-entry.ts';
import { ByteReader } from './byte-reader.ts';

const block = 512;

/**
 * The entries of a tar archive on the controller, plain or gzip; POSIX (pax) and GNU long names are understood.
 * @throws Impossible when it is something else.
 */
export async function tarEntries(path: string): Promise<readonly ArchiveEntry[]> {
	const reader = new ByteReader(await decompressed(path));
	const entries: ArchiveEntry[] = [];
	let long: Readonly<Record<string, string>> = {};
	for (;;) {
		const header = await reader.take(block);
		if (header === undefined || header.every((byte) => byte === 0)) {
			return entries;
		}

		if (!sumIsRight(header)) {
			return impossible(`${path} is no tar archive`, 'only tar and tar.gz are read on the controller');
		}

		const type = String.fromCharCode(header[156] ?? 0);
		const size = long.size === undefined ? numberAt(header, 124) : Number(long.size);
		if ('xLKg'.includes(type)) {
			const text = ((await reader.take(size)) ?? Buffer.alloc(0)).toString();
			long = { ...long, ...extended(type, text) };
			await reader.take(padding(size));
			continue;
		}

		const kind = kinds[type] ?? 'other';
		const hash = createHash('sha256');
		await reader.each(kind === 'file' ? size : 0, (chunk) => hash.update(chunk));
		await reader.take(kind === 'file' ? padding(size) : 0);
		entries.push({
			path: long.path ?? nameIn(header),
			type: kind,
			target: kind === 'link' || kind === 'hard' ? (long.linkpath ?? textAt(header, 157, 100)) : undefined,
			sha256: kind === 'file' ? hash.digest('hex') : undefined,
		});
		long = {};
	}
}

const kinds: Readonly<Record<string, ArchiveEntry['type']>> = {
	'0': 'file',
	'\0': 'file',
	'7': 'file',
	'1': 'hard',
	'2': 'link',
	'5': 'directory',
};

async function decompressed(path: string): Promise<AsyncIterable<Buffer>> {
	const file = await open(path);
	const { buffer } = await file.read(Buffer.alloc(2), 0, 2, 0);
	await file.close();
	const stream = createReadStream(path);
	return buffer[0] === 0x1f && buffer[1] === 0x8b ? stream.pipe(createGunzip()) : stream;
}

/** What a header says about the next one: pax records, or a GNU long name or link target. */
function extended(type: string, text: string): Readonly<Record<string, string>> {
	switch (type) {
		case 'L':
			return { path: text.replace(/\0.*$/s, '') };
		case 'K':
			return { linkpath: text.replace(/\0.*$/s, '') };
		case 'x':
			return Object.fromEntries(
				[...text.matchAll(/^\d+ (path|linkpath|size)=(.*)$/gm)].map(([, key = '', value = '']) => [
					key,
					value,
				]),
			);
		default:
			return {};
	}
}

const padding = (size: number): number => (block - (size % block)) % block;

const textAt = (header: Buffer, start: number, length: number): string =>
	header
		.subarray(start, start + length)
		.toString()
		.replace(/\0.*$/s, '');

/** Octal digits, or GNU's bytes for what is too large for them. */
const numberAt = (header: Buffer, start: number): number =>
	((header[start] ?? 0) & 0x80) === 0
		? Number.parseInt(textAt(header, start, 12).trim() || '0', 8)
		: Number(header.readBigUInt64BE(start + 4));

function nameIn(header: Buffer): string {
	const prefix = textAt(header, 257, 6) === 'ustar' ? textAt(header, 345, 155) : '';
	return prefix === '' ? textAt(header, 0, 100) : `${prefix}/${textAt(header, 0, 100)}`;
}

function sumIsRight(header: Buffer): boolean {
	const sum = header.reduce((total, byte, index) => total + (index >= 148 && index < 156 ? 32 : byte), 0);
	return sum === Number.parseInt(textAt(header, 148, 8).trim(), 8);
}
