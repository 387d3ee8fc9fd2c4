import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type { Content } from '../module/contract.ts';
import { Secret } from '../shell/secret.ts';
import { bytesOf } from './input.ts';

/** Content that is to be sent, wherever it is now. */
export type Source = {
	/** Bytes. */
	readonly size: number;
	/** In hexadecimal. */
	readonly sha256: () => string;
	readonly bytes: () => Promise<Buffer>;
	readonly stream: () => Readable;
};

export function sourceOf(content: Content): Source {
	if (typeof content === 'object' && !(content instanceof Secret) && 'kind' in content) {
		return {
			size: content.size,
			sha256: () => content.sha256,
			bytes: () => readFile(content.path),
			stream: () => createReadStream(content.path, { highWaterMark: 256 * 1024 }),
		};
	}

	const bytes = bytesOf(content);
	return {
		size: bytes.length,
		sha256: () => createHash('sha256').update(bytes).digest('hex'),
		bytes: async () => bytes,
		stream: () => Readable.from([bytes], { objectMode: false }),
	};
}
