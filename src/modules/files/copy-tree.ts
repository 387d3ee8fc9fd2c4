import type { Reader, State, Step } from '../../module/contract.ts';
import { impossible } from '../../module/impossible.ts';
import { sh } from '../../shell/command.ts';
import { type Attributes, attributesOf } from './attributes-of.ts';
import { changeAttributes } from './change-attributes.ts';
import type { Source, SourceFile } from './copy-source.ts';
import { readFile } from './file-state.ts';

/** A tree as flat state: `PATH sha256`, `PATH mode` and so on for each file, `PATH/ type` … for each folder. */
export type TreeState = Readonly<Record<string, string | undefined>>;

type Options = Attributes & { readonly directory_mode?: string | undefined; readonly force: boolean };

const names = ['type', 'sha256', 'target', 'mode', 'owner', 'group'] as const;

/** What is at the places where the files of the source belong; undefined when the root is missing. */
export async function readTree(
	root: string,
	source: Source,
	wanted: Options,
	host: Reader,
): Promise<TreeState | undefined> {
	const [folders, files, links] = await Promise.all([
		Promise.all(
			foldersOf(root, source).map(async (path) => {
				const status = await host.stat(path, { follow: true });
				return entries(`${path}/`, status && { type: status.type, ...attributesOf(status, wanted) });
			}),
		),
		Promise.all(
			source.files.map(async ({ relative }) => {
				const path = `${root}/${relative}`;
				return entries(path, await readFile(path, wanted, host));
			}),
		),
		Promise.all(
			source.links.map(async ({ relative }) => {
				const path = `${root}/${relative}`;
				const status = await host.stat(path);
				return entries(path, status && { type: status.type, target: status.target });
			}),
		),
	]);
	const state = Object.fromEntries([...folders, ...files, ...links].flat());
	return Object.keys(state).length === 0 ? undefined : state;
}

/** What should be there. */
export function wantedTree(
	root: string,
	source: Source,
	wanted: Options,
	current: TreeState | undefined,
): TreeState {
	const { mode, owner, group, directory_mode, force } = wanted;
	return Object.fromEntries([
		...foldersOf(root, source).flatMap((path) =>
			entries(`${path}/`, { type: 'directory', mode: directory_mode, owner, group }),
		),
		...source.files.flatMap(({ relative, sha256 }) => {
			const path = `${root}/${relative}`;
			const keep = !force && current?.[`${path} type`] !== undefined;
			return entries(path, {
				type: keep ? undefined : 'file',
				sha256: keep ? undefined : sha256,
				mode,
				owner,
				group,
			});
		}),
		...source.links.flatMap(({ relative, target }) => {
			const path = `${root}/${relative}`;
			const keep = !force && current?.[`${path} type`] !== undefined;
			return entries(path, keep ? {} : { type: 'link', target });
		}),
	]);
}

/** The steps for the keys that differ, folders before what is in them. */
export function* putTree(
	root: string,
	source: Source,
	wanted: Options,
	{ before, keys }: { readonly before?: State; readonly keys: ReadonlySet<string> },
	put: (path: string, file: SourceFile, keys?: ReadonlySet<string>) => Iterable<Step>,
): Iterable<Step> {
	const { owner, group, directory_mode: mode } = wanted;
	for (const path of foldersOf(root, source)) {
		const differing = keysOf(`${path}/`, keys);
		yield* differing.has('type') ? [sh`mkdir -p ${path}`] : [];
		yield* changeAttributes(path, { mode, owner, group }, differing);
	}

	for (const file of source.files) {
		const path = `${root}/${file.relative}`;
		const differing = keysOf(path, keys);
		if (differing.size > 0) {
			yield* put(path, file, before?.[`${path} type`] === undefined ? undefined : differing);
		}
	}

	for (const { relative, target } of source.links) {
		const path = `${root}/${relative}`;
		if (keysOf(path, keys).size > 0) {
			if (before?.[`${path} type`] === 'directory') {
				impossible(`${path} is a folder, and a link is to be there`, 'remove it, if nobody needs it');
			}

			yield sh`ln -sfn -- ${target} ${path}`;
		}
	}
}

/** The root and all folders below it, parents first. */
const foldersOf = (root: string, { folders }: Source): readonly string[] =>
	[root, ...folders.map((relative) => `${root}/${relative}`)].sort();

const entries = (path: string, state: Readonly<Record<string, string | undefined>> | undefined) =>
	Object.entries(state ?? {}).map(([name, value]) => [`${path} ${name}`, value] as const);

const keysOf = (path: string, keys: ReadonlySet<string>): ReadonlySet<string> =>
	new Set(names.filter((name) => keys.has(`${path} ${name}`)));
