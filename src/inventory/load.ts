import { constants } from 'node:fs';
import { access, open, readdir, readFile, stat } from 'node:fs/promises';
import { dirname, extname, join, relative, resolve } from 'node:path';
import type { Diagnostics } from '../diagnostics.ts';
import type { Layer } from '../vars/types.ts';
import { readYaml } from '../yaml/read.ts';
import { assemble, type FileLayers } from './assemble.ts';
import { Draft } from './draft.ts';
import { isText, tellNoText } from './file-names.ts';
import { addIni } from './ini.ts';
import { addScript } from './script.ts';
import type { GroupLayer, Inventory } from './types.ts';
import { type ReadOptions, readVarsFolder } from './vars-files.ts';
import { addYaml } from './yaml-form.ts';

export type LoadOptions = {
	/** Where relative sources start. */
	readonly cwd: string;
	/** Collects what is wrong; an inventory is given anyway, as far as it goes. */
	readonly problems: Diagnostics;
	/** Gives the text of a vars file that is encrypted with age. @throws UserError */
	readonly decrypt?: ((file: string) => Promise<string>) | undefined;
};

/**
 * Read inventories as given with -i, each a folder, a file (YAML, JSON or INI), an executable that prints
 * Ansible's JSON, or a list `a,b,`; later ones win. The forms, and which value wins, are Ansible's.
 */
export async function loadInventory(sources: readonly string[], options: LoadOptions): Promise<Inventory> {
	const draft = new Draft(options.problems);
	const folders: string[] = [];
	for (const source of sources) {
		const folder = await addSource(source, draft, options);
		folders.push(...(folder === undefined ? [] : [folder]));
	}

	// Of a folder that is given twice, as with two files beside each other, the later place counts.
	const distinct = folders.filter((folder, index) => folders.lastIndexOf(folder) === index);
	const files = await fileLayers(distinct, options);
	return assemble(draft, files, { folder: folders.at(-1), sources });
}

/** Gives the folder that `group_vars` and `host_vars` are looked for in; undefined for a literal list. */
async function addSource(source: string, draft: Draft, options: LoadOptions): Promise<string | undefined> {
	const path = resolve(options.cwd, source);
	const status = await stat(path).catch(() => undefined);
	if (status?.isDirectory()) {
		await addFolder(path, draft, options);
		return path;
	}

	if (status !== undefined) {
		await addFile(path, draft, options);
		return dirname(path);
	}

	if (source.includes(',')) {
		const words = source.split(',').map((word) => word.trim());
		for (const word of words.filter((word) => word !== '')) {
			draft.add(word, 'ungrouped', {}, '-i');
		}
	} else {
		draft.problems.error(`there is no inventory ${source}`, {
			hint: `give a folder, a file or an executable; to name a host directly, end with a comma: "${source},"`,
		});
	}

	return undefined;
}

const readable = new Set(['', '.ini', '.yml', '.yaml', '.json']);

/** All inventories in a folder, by name. What is neither named like one nor executable is not meant as one. */
async function addFolder(folder: string, draft: Draft, options: LoadOptions): Promise<void> {
	let found = false;
	for (const entry of (await readdir(folder, { withFileTypes: true })).sort((a, b) =>
		a.name < b.name ? -1 : 1,
	)) {
		const path = join(folder, entry.name);
		if (/^\.|~$|\.age\.\w+$|^(?:group_vars|host_vars|vars_plugins)$/.test(entry.name)) {
			continue;
		}

		if ((await stat(path).catch(() => undefined))?.isDirectory()) {
			await addFolder(path, draft, options);
		} else if (!isText(entry.name) && readable.has(extname(entry.name))) {
			tellNoText(folder, entry.name, draft.problems);
		} else if (readable.has(extname(entry.name)) || (await isProgram(path))) {
			await addFile(path, draft, options);
		} else {
			continue;
		}

		found = true;
	}

	if (!found) {
		draft.problems.error(`the folder ${folder} holds no inventory`, { hint: 'add a hosts.yml or hosts.ini' });
	}
}

async function addFile(file: string, draft: Draft, { cwd, problems }: LoadOptions): Promise<void> {
	const origin = shown(file, cwd);
	if (await isProgram(file)) {
		await addScript(file, origin, draft);
		return;
	}

	const text = await readFile(file, 'utf8');
	if (looksLikeYaml(extname(file), text)) {
		const before = problems.errors.length;
		const data = readYaml(file, problems, text, { version: '1.1' });
		if (data !== undefined || problems.errors.length === before) {
			addYaml(data, origin, draft);
		}
	} else {
		addIni(text, file, origin, draft);
	}
}

/** By its ending, or else by its first line that says something: `all:`, `---` or `{` begin no INI file. */
function looksLikeYaml(ending: string, text: string): boolean {
	if (ending === '.ini') {
		return false;
	}

	const first = /^(?!\s*(?:[#;]|$)).*$/m.exec(text)?.[0].trim() ?? '';
	return ending === '' || !readable.has(ending) ? /^(?:---|\{.*|[^[\]=]+:(?:\s*#.*)?)$/.test(first) : true;
}

/** Executable, and a script or a binary: on some file systems everything is executable. */
async function isProgram(file: string): Promise<boolean> {
	const handle = await access(file, constants.X_OK)
		.then(() => open(file))
		.catch(() => undefined);
	if (handle === undefined) {
		return false;
	}

	try {
		const { buffer, bytesRead } = await handle.read(Buffer.alloc(4), 0, 4, 0);
		const start = buffer.toString('latin1', 0, bytesRead);
		return start.startsWith('#!') || start === '\u007fELF';
	} finally {
		await handle.close();
	}
}

async function fileLayers(folders: readonly string[], options: LoadOptions): Promise<FileLayers> {
	const groups = new Map<string, readonly GroupLayer[]>();
	const hosts = new Map<string, readonly Layer[]>();
	const read: ReadOptions = options;
	for (const [index, folder] of folders.entries()) {
		for (const [name, files] of await readVarsFolder(join(folder, 'group_vars'), read)) {
			const layers = files.map(({ file, values }) => ({
				kind: 'group vars' as const,
				origin: shown(file, options.cwd),
				values,
				rank: index + 1,
			}));
			groups.set(name, [...(groups.get(name) ?? []), ...layers]);
		}

		for (const [name, files] of await readVarsFolder(join(folder, 'host_vars'), read)) {
			const layers = files.map(({ file, values }) => ({
				kind: 'host vars' as const,
				origin: shown(file, options.cwd),
				values,
			}));
			hosts.set(name, [...(hosts.get(name) ?? []), ...layers]);
		}
	}

	return { groups, hosts };
}

/** A path as people name it: from where they stand, unless that leads upwards. */
function shown(file: string, cwd: string): string {
	const path = relative(cwd, file);
	return path.startsWith('..') ? file : path;
}
