import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { LocalFile } from '../../src/module/contract.ts';

let root: string | undefined;

/** A real file on the controller, because modules read those when they show differences. */
export function controllerFile(src: string, content: string | Uint8Array): LocalFile {
	root ??= folderUntilExit();
	const sha256 = createHash('sha256').update(content).digest('hex');
	// Rows run side by side, and may call different texts the same.
	const path = join(root, sha256.slice(0, 8), src);
	if (!existsSync(path)) {
		// Once: while it is written anew, another row would read nothing of it.
		mkdirSync(dirname(path), { recursive: true });
		writeFileSync(path, content);
	}

	return {
		kind: 'local-file',
		path,
		size: Buffer.from(content).length,
		sha256,
	};
}

/** The same text with `/controller` for the folder that these files really lie in. */
export const withoutRoot = (text: string): string =>
	root === undefined ? text : text.replaceAll(new RegExp(`${root}/[0-9a-f]{8}`, 'g'), '/controller');

function folderUntilExit(): string {
	const folder = mkdtempSync(join(tmpdir(), 'g2pbook-rows-'));
	process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
	return folder;
}
