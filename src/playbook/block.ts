import { checkKeys } from './advice.ts';
import { idOf, type Scope } from './context.ts';
import type { Fields } from './fields.ts';
import { inherit, inherited, readKeywords } from './keywords.ts';
import { readModuleDefaults } from './module-defaults.ts';
import type { Node } from './types.ts';

/** How a list of tasks is read; handed down, since lists hold blocks and imports that hold lists. */
export type ReadTasks = (list: readonly unknown[], scope: Scope) => Promise<Node[]>;

const parts = ['block', 'rescue', 'always'] as const;
const loops = 'move its tasks to a file, and loop over include_tasks';
const elsewhere = {
	loop: loops,
	loop_control: loops,
	until: loops,
	retries: loops,
	notify: 'write it at the tasks of the block',
	register: 'write it at the tasks of the block',
	changed_when: 'write it at the tasks of the block',
	failed_when: 'write it at the tasks of the block',
};

/** `block`, with what its tasks do when one fails. */
export async function readBlock(
	fields: Fields,
	scope: Scope,
	readTasks: ReadTasks,
): Promise<readonly Node[]> {
	checkKeys(fields, 'a block', [...inherited, ...parts, 'name', 'module_defaults'], elsewhere);
	const source = fields.source();
	const name = fields.text('name');
	const id = idOf(source, scope.keywords.role, scope.context);
	const own = readKeywords(fields, 'block vars', name === undefined ? 'a block' : `block "${name}"`);
	const inside: Scope = {
		...scope,
		keywords: inherit(scope.keywords, own, source),
		moduleDefaults: readModuleDefaults(fields, scope.moduleDefaults),
	};
	const [body = [], rescue = [], always = []] = [
		await readTasks(fields.list('block', 'tasks'), inside),
		await readTasks(fields.list('rescue', 'tasks'), inside),
		await readTasks(fields.list('always', 'tasks'), inside),
	];
	return [{ kind: 'block', id, name, body, rescue, always, source }];
}
