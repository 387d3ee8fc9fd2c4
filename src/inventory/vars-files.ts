import { readdir, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { Diagnostics } from '../diagnostics.ts';
import { UserError } from '../errors.ts';
import { readYaml } from '../yaml/read.ts';
import { sealed } from '../yaml/sealed.ts';
import type { Values } from './draft.ts';
import { isText, tellNoText } from './file-names.ts';
import { isValues } from './yaml-form.ts';

/** A file of `group_vars` or `host_vars`, read. */
export type VarsFile = { readonly file: string; readonly values: Values };

export type ReadOptions = {
	readonly problems: Diagnostics;
	/** Gives the text of an encrypted file. */
	readonly decrypt?: ((file: string) => Promise<string>) | undefined;
};

/** As Ansible looks for them: of several, only the first is read. */
const endings = ['', '.yml', '.yaml', '.json'];
const encrypted = /\.age\.(?:yml|yaml|json)$/;

/**
 * All values in a `group_vars` or `host_vars` folder, by the group or host that they are for: `NAME.yml`, or a
 * folder NAME whose files are read in alphabetical order, and beside either an encrypted `NAME.age.yml`.
 */
export async function readVarsFolder(
	folder: string,
	options: ReadOptions,
): Promise<ReadonlyMap<string, readonly VarsFile[]>> {
	const candidates = new Map<
		string,
		{ readonly path: string; readonly ending: string; readonly isFolder: boolean }[]
	>();
	for (const entry of await list(folder, options.problems)) {
		const isFolder = entry.isDirectory;
		const ending = isFolder
			? ''
			: (encrypted.exec(entry.name)?.[0] ?? /\.(?:yml|yaml|json)$/.exec(entry.name)?.[0] ?? '');
		const name = entry.name.slice(0, entry.name.length - ending.length);
		const path = join(folder, entry.name);
		candidates.set(name, [...(candidates.get(name) ?? []), { path, ending, isFolder }]);
	}

	const found = new Map<string, readonly VarsFile[]>();
	for (const [name, places] of candidates) {
		const plain = places
			.filter(({ ending }) => endings.includes(ending))
			.sort((a, b) => endings.indexOf(a.ending) - endings.indexOf(b.ending));
		for (const { path } of plain.slice(1)) {
			options.problems.warning(`${path} is not read, because ${plain[0]?.path} is there`, {
				hint: 'put its values into the other, or make it a file of a folder',
			});
		}

		const chosen = [...plain.slice(0, 1), ...places.filter(({ ending }) => encrypted.test(ending))];
		const files: VarsFile[] = [];
		for (const { path, isFolder } of chosen) {
			files.push(...(isFolder ? await readFolder(path, options) : await readOne(path, options)));
		}

		found.set(name, files);
	}

	return found;
}

async function readFolder(folder: string, options: ReadOptions): Promise<readonly VarsFile[]> {
	const files: VarsFile[] = [];
	for (const { name, isDirectory } of await list(folder, options.problems)) {
		const path = join(folder, name);
		const ending = /\.[^.]*$/.exec(name)?.[0] ?? '';
		if (isDirectory && ending === '') {
			files.push(...(await readFolder(path, options)));
		} else if (!isDirectory && endings.includes(ending)) {
			files.push(...(await readOne(path, options)));
		}
	}

	return files;
}

async function readOne(file: string, options: ReadOptions): Promise<readonly VarsFile[]> {
	const isEncrypted = encrypted.test(file);
	const text = isEncrypted ? await decrypted(file, options) : await readFile(file, 'utf8');
	if (text?.startsWith('$ANSIBLE_VAULT')) {
		options.problems.warning(`${file} is encrypted with Ansible Vault, and its values are not read`, {
			hint: 'decrypt it with "ansible-vault decrypt"; then "age -R recipients.txt -o NAME.age.yml FILE", with the recipients.txt that "g2pbook secret init" makes, or store each value: g2pbook secret set NAME',
		});
		return [];
	}

	const data = text === undefined ? undefined : readYaml(file, options.problems, text, { version: '1.1' });
	if (data === undefined || data === null) {
		return [];
	}

	if (isValues(data)) {
		const values = isEncrypted ? sealed(data) : data;
		return isValues(values) ? [{ file, values }] : [];
	}

	options.problems.error(`${file} must hold a map of variables`, {
		source: { file, line: 1, column: 1 },
		hint: 'write NAME: VALUE, one per line',
	});
	return [];
}

async function decrypted(file: string, { decrypt, problems }: ReadOptions): Promise<string | undefined> {
	if (decrypt === undefined) {
		problems.error(`${file} is encrypted, and there is no key to read it`);
		return undefined;
	}

	try {
		return await decrypt(file);
	} catch (error) {
		if (!(error instanceof UserError)) {
			throw error;
		}

		problems.error(error.message, { hint: error.hint });
		return undefined;
	}
}

/** What is in a folder, sorted by name, without hidden files and backups; nothing when there is no folder. */
async function list(
	folder: string,
	problems: Diagnostics,
): Promise<readonly { readonly name: string; readonly isDirectory: boolean }[]> {
	try {
		const entries = await readdir(folder, { withFileTypes: true });
		for (const { name } of entries.filter((entry) => !isText(entry.name))) {
			if (endings.includes(extname(name))) {
				tellNoText(folder, name, problems);
			}
		}

		return await Promise.all(
			entries
				.filter(({ name }) => isText(name) && !name.startsWith('.') && !name.endsWith('~'))
				.sort((a, b) => (a.name < b.name ? -1 : 1))
				.map(async (entry) => ({
					name: entry.name,
					isDirectory:
						entry.isDirectory() || (entry.isSymbolicLink() && (await isFolder(join(folder, entry.name)))),
				})),
		);
	} catch (error) {
		if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) {
			return [];
		}

		throw error;
	}
}

const isFolder = async (path: string): Promise<boolean> =>
	readdir(path).then(
		() => true,
		() => false,
	);
