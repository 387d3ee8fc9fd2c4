import { readdirSync, type Stats, statSync } from 'node:fs';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { type Diagnostics, didYouMean, type Source } from '../diagnostics.ts';
import { BadInput } from '../errors.ts';
import { packageFolder } from '../package-folder.ts';
import type { Keywords } from './types.ts';

/**
 * The path as given, then `playbooks/NAME`, then the playbooks that ship.
 * @throws BadInput with the places that were looked at.
 */
export function findPlaybook(name: string, cwd: string): string {
	const places = [
		resolve(cwd, name),
		resolve(cwd, 'playbooks', name),
		join(packageFolder, 'playbooks', name),
	];
	const found = places.flatMap((path) => [path, `${path}.yml`]).find(isFile);
	if (found !== undefined) {
		return found;
	}

	const folders = new Set([cwd, dirname(resolve(cwd, name)), ...places.map((path) => dirname(path))]);
	const known = [...folders].flatMap((folder) => entries(folder)).filter((entry) => entry.endsWith('.yml'));
	throw new BadInput(`there is no playbook "${name}"`, {
		hint: didYouMean(name, known) ?? `looked for ${places.join(', ')}`,
	});
}

/** The folder of a role, if there is one. */
export const roleFolder = (name: string, roleFolders: readonly string[]): string | undefined =>
	name === '' ? undefined : roleFolders.map((folder) => join(folder, name)).find(isFolder);

/** The folder of a role; undefined after a problem. */
export function findRole(
	name: string,
	roleFolders: readonly string[],
	problems: Diagnostics,
	source: Source | undefined,
): string | undefined {
	const found = roleFolder(name, roleFolders);
	if (found === undefined) {
		const plain = /^\w+\.\w+\.(\w+)$/.exec(name)?.[1] ?? name;
		problems.error(`there is no role "${name}"`, {
			source,
			hint:
				plain !== name && roleFolder(plain, roleFolders) !== undefined
					? `there are no collections: write ${plain}`
					: (didYouMean(plain, roleNames(roleFolders)) ??
						`copy its folder to ${roleFolders[0] ?? 'roles'}/${plain}${plain === name ? '' : ` and write ${plain}`}; looked in ${roleFolders.join(', ')}`),
		});
	}

	return found;
}

/** Names of all roles that can be found. */
export const roleNames = (roleFolders: readonly string[]): readonly string[] => [
	...new Set(roleFolders.flatMap((folder) => entries(folder).filter((name) => isFolder(join(folder, name))))),
];

/** The first of `NAME.yml` and `NAME.yaml` that is there. */
export const yamlFile = (path: string): string | undefined =>
	[`${path}.yml`, `${path}.yaml`].find((file) => isFile(file));

/**
 * Where a role has its variables: `PART/main.yml`, or, as Ansible takes it, all that is in a folder `PART/main`, by name. What comes
 * later wins.
 */
export function variableFiles(rolePath: string, kind: 'role defaults' | 'role vars'): readonly string[] {
	const main = join(rolePath, kind === 'role vars' ? 'vars' : 'defaults', 'main');
	return isFolder(main) ? yamlBelow(main) : [yamlFile(main)].filter((file) => file !== undefined);
}

const yamlBelow = (folder: string): readonly string[] =>
	[...entries(folder)]
		.sort()
		.filter((name) => !name.startsWith('.'))
		.map((name) => join(folder, name))
		.flatMap((path) => (isFolder(path) ? yamlBelow(path) : /\.(ya?ml|json)$/.test(path) ? [path] : []));

/** Where `src` of a task may be, first to last. */
export const placesOf = (
	src: string,
	kind: 'files' | 'templates' | 'vars' | 'tasks',
	{ role, folders }: Pick<Keywords, 'role' | 'folders'>,
): readonly string[] =>
	isAbsolute(src)
		? [src]
		: [
				// With the name of the folder too, as people write it.
				...(role === undefined
					? []
					: [join(role.path, kind, src), ...(src.startsWith(`${kind}/`) ? [join(role.path, src)] : [])]),
				...folders.flatMap((folder) => [join(folder, kind, src), resolve(folder, src)]),
			];

export const isFile = (path: string): boolean => status(path)?.isFile() ?? false;

export const isFolder = (path: string): boolean => status(path)?.isDirectory() ?? false;

function status(path: string): Stats | undefined {
	try {
		return statSync(path, { throwIfNoEntry: false });
	} catch {
		// A file where a folder should be, or a name that is too long: nothing is there for us.
		return undefined;
	}
}

const entries = (folder: string): readonly string[] => (isFolder(folder) ? readdirSync(folder) : []);
