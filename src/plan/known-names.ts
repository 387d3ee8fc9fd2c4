import { readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { Diagnostics } from '../diagnostics.ts';
import { isTemplate } from '../playbook/fields.ts';
import { fitting } from '../playbook/preview.ts';
import { isFile, isFolder, placesOf } from '../playbook/search.ts';
import type { Playbook, TaskNode } from '../playbook/types.ts';
import { isMap } from '../vars/kinds.ts';
import { readYaml } from '../yaml/read.ts';
import { handlersOf, hasUnknown, leavesOf, type Previews } from './walk.ts';

/** Names that tasks define while they run. */
export type LearntNames = {
	readonly names: ReadonlySet<string>;
	/** Some task may define names that nobody can know beforehand. */
	readonly open: boolean;
};

/** What the tasks of a playbook register, set or read from files, whichever play they are in. */
export function learntNames(playbook: Playbook, previews: Previews): LearntNames {
	const names = new Set<string>();
	let open = playbook.plays.some((play) => hasUnknown(play, previews));
	const add = (more: readonly string[] | undefined): void => {
		open ||= more === undefined;
		for (const name of more ?? []) {
			names.add(name);
		}
	};
	for (const play of playbook.plays) {
		for (const task of [...leavesOf(play, previews), ...handlersOf(play, previews)]) {
			add(task.kind === 'task' ? learntFrom(task) : []);
		}

		for (const { path } of play.varsFiles) {
			add(keysOf(filesLike([path])));
		}
	}

	return { names, open };
}

/** undefined: nobody can know. */
function learntFrom(task: TaskNode): readonly string[] | undefined {
	const registered = task.register === undefined ? [] : [task.register];
	switch (task.module) {
		case 'set_fact':
			return [...registered, ...Object.keys(task.args)];
		case 'add_host':
			return [
				...registered,
				...Object.keys(task.args).filter((name) => name !== 'name' && name !== 'groups'),
			];
		case 'include_vars': {
			const { name, file } = task.args;
			if (typeof name === 'string') {
				return isTemplate(name) ? undefined : [...registered, name];
			}

			const keys = typeof file === 'string' ? keysOf(filesLike(placesOf(file, 'vars', task))) : undefined;
			return keys && [...registered, ...keys];
		}

		default:
			return registered;
	}
}

/** The files that are there among some paths, whose last part may hold templates. undefined when too little is known. */
function filesLike(paths: readonly string[]): readonly string[] | undefined {
	const found = paths.flatMap((path) => {
		if (!isTemplate(path)) {
			return isFile(path) ? [path] : [];
		}

		const [folder, fits] = [dirname(path), fitting(basename(path))];
		return isTemplate(folder) || fits === undefined || !isFolder(folder)
			? []
			: readdirSync(folder)
					.filter((name) => fits.test(name))
					.map((name) => join(folder, name));
	});
	return found.length === 0 ? undefined : found;
}

// Encrypted files are not opened for this: their names stay unknown.
function keysOf(files: readonly string[] | undefined): readonly string[] | undefined {
	return files === undefined || files.some((file) => file.endsWith('.age.yml'))
		? undefined
		: files.flatMap((file) => {
				const content = readYaml(file, new Diagnostics());
				return isMap(content) ? Object.keys(content) : [];
			});
}
