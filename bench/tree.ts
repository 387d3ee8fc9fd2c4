import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { Host } from './hosts.ts';

/** What is in the folders of hosts, by path. */
export type Tree = ReadonlyMap<string, Entry>;

type Entry = {
	/** Type, permissions, owner and content: two peers that do the same work leave the same. */
	readonly state: string;
	/** When it was last written: a converged run leaves it as it was. */
	readonly written: string;
};

export const treeOf = (hosts: readonly Host[]): Tree =>
	new Map(hosts.flatMap(({ name, root }) => [...entries(root, name)]));

/** @returns what is not the same, for people; undefined when all is */
export function difference(wanted: Tree, seen: Tree, aspect: keyof Entry): string | undefined {
	const paths = [...new Set([...wanted.keys(), ...seen.keys()])];
	const differing = paths.filter((path) => wanted.get(path)?.[aspect] !== seen.get(path)?.[aspect]);
	const [path] = differing;
	return path === undefined
		? undefined
		: `${differing.length} paths, such as ${path}: ${seen.get(path)?.[aspect] ?? 'nothing'}, not ${wanted.get(path)?.[aspect] ?? 'nothing'}`;
}

function* entries(folder: string, shown: string): Iterable<[string, Entry]> {
	for (const entry of readdirSync(folder, { withFileTypes: true })) {
		const path = join(folder, entry.name);
		const { mode, uid, mtimeMs } = lstatSync(path);
		const content = entry.isSymbolicLink()
			? readlinkSync(path)
			: entry.isFile()
				? createHash('sha256').update(readFileSync(path)).digest('hex').slice(0, 12)
				: '';
		yield [
			`${shown}/${entry.name}`,
			{ state: `${mode.toString(8)} ${uid} ${content}`, written: `at ${mtimeMs}` },
		];
		if (entry.isDirectory()) {
			yield* entries(path, `${shown}/${entry.name}`);
		}
	}
}
