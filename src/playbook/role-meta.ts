import { join } from 'node:path';
import { didYouMean, type Source } from '../diagnostics.ts';
import { isMap } from '../vars/kinds.ts';
import { sourceOf } from '../yaml/positions.ts';
import { type Context, readFile } from './context.ts';
import { Fields } from './fields.ts';
import type { Own } from './keywords.ts';
import { readRoleEntry } from './role-entry.ts';
import { yamlFile } from './search.ts';
import { mapping } from './task-file.ts';

/** `meta/main.yml` of a role. */
export type RoleMeta = {
	readonly description: string | undefined;
	/** The pattern of hosts that the role is for. */
	readonly hosts: string | undefined;
	readonly allowDuplicates: boolean;
	readonly dependencies: readonly { readonly name: string; readonly own: Own; readonly source: Source }[];
};

const known = ['allow_duplicates', 'dependencies', 'description', 'galaxy_info', 'hosts', 'platforms'];

export async function readMeta(path: string, context: Context): Promise<RoleMeta> {
	const file = yamlFile(join(path, 'meta', 'main'));
	const content = file === undefined ? undefined : await readFile(file, context);
	const values = mapping(content, file ?? path, context.problems, 'role metadata');
	const fields = new Fields(values ?? {}, context.problems);
	for (const key of fields.keys.filter((name) => !known.includes(name))) {
		context.problems.warning(`role metadata has no key "${key}"`, {
			source: fields.source(key, 'key'),
			hint: didYouMean(key, known) ?? 'nothing reads it: leave it out',
		});
	}

	const list = fields.list('dependencies', 'roles');
	return {
		description: fields.text('description'),
		hosts: fields.texts('hosts').join(',') || undefined,
		allowDuplicates: fields.boolean('allow_duplicates') === true,
		dependencies: list.flatMap((entry, index) => {
			const source = sourceOf(list, index) ?? fields.source('dependencies');
			const read = readRoleEntry(
				isMap(entry) || typeof entry === 'string' ? entry : null,
				source,
				context.problems,
			);
			return read === undefined ? [] : [read];
		}),
	};
}
