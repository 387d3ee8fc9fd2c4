import { resolve } from 'node:path';
import type { Source } from '../diagnostics.ts';
import { isMap } from '../vars/kinds.ts';
import type { Layer } from '../vars/types.ts';
import { sourceOf } from '../yaml/positions.ts';
import { checkValues } from './check-values.ts';
import { type Context, readFile } from './context.ts';
import { type Fields, isTemplate, show } from './fields.ts';
import { isFile } from './search.ts';
import { mapping } from './task-file.ts';

type VarsFiles = {
	readonly layers: readonly Layer[];
	/** Names with templates: read per host. */
	readonly later: readonly { readonly path: string; readonly source: Source }[];
};

/** `vars_files` of a play. An entry that is a list stands for the first of its files that is there. */
export async function readVarsFiles(fields: Fields, context: Context): Promise<VarsFiles> {
	const value = fields.value('vars_files');
	const list: readonly unknown[] = typeof value === 'string' ? [value] : fields.list('vars_files', 'files');
	const [layers, later]: [Layer[], { path: string; source: Source }[]] = [[], []];
	for (const [index, entry] of list.entries()) {
		const source = sourceOf(list, index) ?? fields.source('vars_files');
		const names: readonly unknown[] = Array.isArray(entry) ? entry : [entry];
		if (!names.every((name) => typeof name === 'string')) {
			context.problems.error(`"vars_files" needs the names of files, not ${show(entry)}`, { source });
		} else if (names.some(isTemplate)) {
			later.push(...names.map((name) => ({ path: resolve(context.folder, name), source })));
		} else {
			layers.push(...(await read(names, source, context)));
		}
	}

	return { layers, later };
}

async function read(names: readonly string[], source: Source, context: Context): Promise<readonly Layer[]> {
	const files = names.map((name) => resolve(context.folder, name));
	const file = files.find(isFile);
	if (file === undefined) {
		context.problems.error(`there is no vars file "${names.join('" or "')}"`, {
			source,
			hint: `looked for ${files.join(', ')}`,
		});
		return [];
	}

	const values = mapping(await readFile(file, context), file, context.problems, 'variables');
	if (!isMap(values)) {
		return [];
	}

	checkValues(values, context.problems);
	return [{ kind: 'vars_files', origin: file, values }];
}
