import { dirname, join, relative, resolve, sep } from 'node:path';
import type { Diagnostics, Source } from '../diagnostics.ts';
import { packageFolder } from '../package-folder.ts';
import type { Layer } from '../vars/types.ts';
import { readYaml } from '../yaml/read.ts';
import { sealed } from '../yaml/sealed.ts';
import type { Values } from './fields.ts';
import type { Keywords, Role, TaskNode } from './types.ts';

export type LoadOptions = {
	/** Folder that relative paths of the person start from. */
	readonly cwd: string;
	/** `--roles-path`. */
	readonly rolesPath?: readonly string[];
	readonly problems: Diagnostics;
	/** The text of a vars file named `*.age.yml`. */
	readonly decrypt?: (file: string) => Promise<string>;
	/** `-e`: the only values that names of hosts, files and roles may hold at load. */
	readonly extraVars?: Values;
};

/** What every part of the loader is handed. */
export type Context = LoadOptions & {
	/** Folder of the playbook that the person named; ids are relative to it. */
	readonly root: string;
	/** Folder of the playbook in hand: another one inside `import_playbook`. */
	readonly folder: string;
	/** Where roles are looked for, first to last. */
	readonly roleFolders: readonly string[];
	/** How often each place was used, to number ids. */
	readonly ids: Map<string, number>;
	/** Id of the include that brings what is loaded; empty at load. */
	readonly idPrefix: string;
	/** Contents of files, so that a role which is used twice is read once. */
	readonly files: Map<string, unknown>;
};

/** What a list of tasks stands in. */
export type Scope = {
	readonly context: Context;
	readonly keywords: Keywords;
	/** Arguments per module, beneath those of the tasks. */
	readonly moduleDefaults: Readonly<Record<string, Values>>;
	/** The file in hand. */
	readonly file: string;
	/** Files being imported, outermost first, to find circles. */
	readonly chain: readonly string[];
	/** Roles of the play that have run, and the handlers so far. */
	readonly play: {
		readonly done: Set<string>;
		readonly handlers: TaskNode[];
		readonly layers: readonly Layer[];
	};
};

export const makeContext = (options: LoadOptions, folder: string): Context => ({
	...options,
	root: folder,
	folder,
	roleFolders: roleFoldersFor(folder, options),
	ids: new Map(),
	idPrefix: '',
	files: new Map(),
});

/** `roles/` beside the playbook, its parent's `roles/`, `--roles-path`, the roles that ship. */
export const roleFoldersFor = (
	folder: string,
	{ cwd, rolesPath = [] }: Pick<LoadOptions, 'cwd' | 'rolesPath'>,
): readonly string[] => [
	...new Set([
		join(folder, 'roles'),
		join(dirname(folder), 'roles'),
		...rolesPath.map((path) => resolve(cwd, path)),
		join(packageFolder, 'roles'),
	]),
];

/** The content of a YAML file, decrypted by its name; undefined after a problem. */
export async function readFile(file: string, context: Context): Promise<unknown> {
	if (!context.files.has(file)) {
		context.files.set(file, await readOnce(file, context));
	}

	return context.files.get(file);
}

async function readOnce(file: string, { problems, decrypt }: Context): Promise<unknown> {
	if (!file.endsWith('.age.yml')) {
		return readYaml(file, problems);
	}

	if (decrypt === undefined) {
		problems.error(`${file} is encrypted, and there is no key to read it`, {
			hint: 'set G2PBOOK_AGE_KEY_FILE, or see "g2pbook secret --help"',
		});
		return undefined;
	}

	return sealed(readYaml(file, problems, await decrypt(file)));
}

/** The place of a task as its name for journals and reports, numbered when the place is used again. */
export function idOf(source: Source, role: Role | undefined, context: Context): string {
	const inRole = role === undefined ? undefined : relative(role.path, source.file);
	const path =
		role === undefined || inRole === undefined || inRole.startsWith('..')
			? relative(context.root, source.file)
			: join('roles', role.name, inRole);
	const place = `${context.idPrefix}${path.split(sep).join('/')}:${source.line}`;
	const used = (context.ids.get(place) ?? 0) + 1;
	context.ids.set(place, used);
	return used === 1 ? place : `${place}#${used}`;
}
