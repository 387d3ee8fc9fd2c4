import { createHash } from 'node:crypto';
import { createReadStream, existsSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { TaskFailed } from '../errors.ts';
import type { Local, LocalFile } from '../module/contract.ts';
import { placesOf } from '../playbook/search.ts';
import type { Keywords } from '../playbook/types.ts';
import type { Vars } from '../vars/vars.ts';
import { contentOf } from './local-folder.ts';

/** Files on the controller: each is hashed and read once per run as long as its size and time stay. */
export class LocalFiles {
	readonly #hashes = new Map<string, Promise<LocalFile>>();
	readonly #texts = new Map<string, Promise<string>>();

	async describe(path: string): Promise<LocalFile> {
		const { size, key } = versionOf(path);
		const known = this.#hashes.get(key);
		if (known !== undefined) {
			return known;
		}

		const made = hashFile(path).then((sha256) => ({ kind: 'local-file' as const, path, size, sha256 }));
		this.#hashes.set(key, made);
		return made;
	}

	text(path: string): Promise<string> {
		const { key } = versionOf(path);
		const known = this.#texts.get(key) ?? readFile(path, 'utf8');
		this.#texts.set(key, known);
		return known;
	}

	/** What `desired` of a task may touch. */
	for(keywords: Pick<Keywords, 'role' | 'folders'>, vars: Vars): Local {
		return {
			template: async (src) => {
				const file = find(src, 'templates', keywords);
				const text = await this.text(file);
				// Mustache asks for partials while it renders, and cannot wait: they are read up front.
				const partials = await this.#partials(text, keywords);
				return vars.template(text, { file, partials: (name) => partials.get(name) });
			},
			file: async (src) => this.describe(find(src, 'files', keywords)),
			folder: async (src) => {
				const path = find(src.replace(/\/+$/, '') || '/', 'files', keywords);
				if (!statSync(path).isDirectory()) {
					return undefined;
				}

				const { files, ...found } = await contentOf(path);
				const described = files.map(async (name) => ({
					relative: name,
					file: await this.describe(join(path, name)),
				}));
				return { ...found, files: await Promise.all(described) };
			},
		};
	}

	async #partials(text: string, keywords: Pick<Keywords, 'role' | 'folders'>): Promise<Map<string, string>> {
		const found = new Map<string, string>();
		const queue = [text];
		for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
			for (const [, name = ''] of next.matchAll(/\{\{>\s*([^\s}]+)\s*\}\}/g)) {
				if (!found.has(name)) {
					const content = await this.text(find(name, 'templates', keywords));
					found.set(name, content);
					queue.push(content);
				}
			}
		}

		return found;
	}
}

/**
 * Where `src` of a task is: in the role's folder of that kind, in that kind's folder beside the task's file or the
 * playbook, or beside them directly.
 * @throws TaskFailed that lists the places.
 */
export function find(
	src: string,
	kind: 'files' | 'templates' | 'vars' | 'tasks',
	keywords: Pick<Keywords, 'role' | 'folders'>,
): string {
	const places = placesOf(src, kind, keywords);
	// Every host asks for every file of every task, and waiting for the answer costs twenty times what asking costs.
	const found = places.find((path) => existsSync(path));
	if (found === undefined) {
		throw new TaskFailed(`there is no file "${src}" on the controller`, {
			hint: `looked for ${[...new Set(places)].join(', ')}`,
		});
	}

	return found;
}

/** A run may write files on its own controller. */
function versionOf(path: string): { readonly size: number; readonly key: string } {
	const { size, mtimeMs } = statSync(path);
	return { size, key: `${path}\0${size}\0${mtimeMs}` };
}

async function hashFile(path: string): Promise<string> {
	const hash = createHash('sha256');
	await pipeline(createReadStream(path), hash);
	return hash.digest('hex');
}
