import { readFile } from 'node:fs/promises';
import type { Content, Detail, Reader } from '../../module/contract.ts';
import { Secret } from '../../shell/secret.ts';
import { sha256Of } from './sha256-of.ts';

// Larger texts are not read for a diff: their size and hash say enough.
const limit = 256 * 1024;

/** The content of a file before and after, for a diff. What a secret is in stays secret on both sides. */
export async function textDetail(path: string, after: Content | undefined, host: Reader): Promise<Detail> {
	const status = await host.stat(path, { follow: true });
	const before =
		status === undefined
			? ''
			: status.type !== 'file' || status.size > limit
				? `${status.type}, ${status.size} bytes\n`
				: ((await host.content(path))?.toString() ?? '');
	return after instanceof Secret
		? { name: path, before: new Secret(before), after }
		: { name: path, before, after: await textOf(after ?? '') };
}

async function textOf(content: Exclude<Content, Secret>): Promise<string> {
	if (typeof content === 'string') {
		return content;
	}

	const size = content instanceof Uint8Array ? content.byteLength : content.size;
	if (size > limit) {
		return `${size} bytes, sha256 ${sha256Of(content)}\n`;
	}

	return Buffer.from(content instanceof Uint8Array ? content : await readFile(content.path)).toString();
}
