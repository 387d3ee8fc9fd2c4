import { gunzipSync } from 'node:zlib';

/** The regular files in a `.tar.gz`, by path: enough for what `helm package` makes. @throws Error when it is none. */
export function filesInArchive(archive: Buffer): ReadonlyMap<string, Buffer> {
	const tar = gunzipSync(archive);
	const files = new Map<string, Buffer>();
	for (let at = 0; at + 512 <= tar.length; ) {
		const header = tar.subarray(at, at + 512);
		if (header.every((byte) => byte === 0)) {
			break;
		}

		const size = Number.parseInt(text(header, 124, 12), 8);
		if (!Number.isSafeInteger(size)) {
			throw new Error('this is no tar archive');
		}

		const type = text(header, 156, 1);
		if (type === '0' || type === '') {
			const prefix = text(header, 257, 5) === 'ustar' ? text(header, 345, 155) : '';
			const name = text(header, 0, 100);
			files.set(prefix === '' ? name : `${prefix}/${name}`, tar.subarray(at + 512, at + 512 + size));
		}

		at += 512 + Math.ceil(size / 512) * 512;
	}

	return files;
}

const text = (header: Buffer, from: number, length: number): string =>
	header
		.subarray(from, from + length)
		.toString('latin1')
		.replace(/\0.*$/s, '')
		.trim();
