import { readdir, readlink, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { TaskFailed } from '../errors.ts';

/** What is below a folder, by paths in it, in order. */
type Found = {
	readonly files: string[];
	readonly folders: string[];
	readonly links: { readonly relative: string; readonly target: string }[];
};

/**
 * All that is below a folder on the controller. Links count as what they lead to.
 * @throws TaskFailed for a name that is no text, a link that leads up to where it is, and what is neither file nor folder
 */
export async function contentOf(folder: string): Promise<Found> {
	const found: Found = { files: [], folders: [], links: [] };
	await walk(folder, '', [], found);
	return found;
}

async function walk(root: string, below: string, above: readonly string[], found: Found): Promise<void> {
	const folder = join(root, below);
	const real = await realpath(folder);
	if (above.includes(real)) {
		throw new TaskFailed(`${folder} is a link to a folder that it lies in: its content has no end`, {
			hint: 'remove the link, or copy the folders that are meant one by one',
		});
	}

	const names = (await readdir(folder, { encoding: 'buffer' })).map((name) => textOf(name, folder)).sort();
	for (const name of names) {
		const relative = below === '' ? name : `${below}/${name}`;
		const path = join(root, relative);
		const status = await stat(path).catch(() => undefined);
		if (status === undefined) {
			found.links.push({ relative, target: await readlink(path) });
		} else if (status.isDirectory()) {
			found.folders.push(relative);
			await walk(root, relative, [...above, real], found);
		} else if (status.isFile()) {
			found.files.push(relative);
		} else {
			throw new TaskFailed(`${path} is neither a file nor a folder, and cannot be copied`, {
				hint: 'sockets, pipes and devices are made by those who use them: take it out of the folder',
			});
		}
	}
}

function textOf(name: Buffer, folder: string): string {
	const text = name.toString('utf8');
	if (Buffer.from(text).equals(name)) {
		return text;
	}

	const shown = name
		.toString('latin1')
		.replaceAll(/[^ -~]/g, (byte) => `\\x${byte.charCodeAt(0).toString(16)}`);
	throw new TaskFailed(`the name of a file in ${folder} is not UTF-8: ${shown}`, {
		hint: 'rename it (convmv does that for many), or leave it out of the folder',
	});
}
