import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';

/** SHA-256 of a file on the controller in hexadecimal; undefined when there is none. */
export async function localSha256(path: string): Promise<string | undefined> {
	const hash = createHash('sha256');
	try {
		await pipeline(createReadStream(path), hash);
		return hash.digest('hex');
	} catch (error) {
		if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
			return undefined;
		}

		throw error;
	}
}
