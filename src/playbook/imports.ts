import { dirname } from 'node:path';
import type { Source } from '../diagnostics.ts';
import { isMap } from '../vars/kinds.ts';
import { checkKeys } from './advice.ts';
import type { ReadTasks } from './block.ts';
import { readFile, type Scope } from './context.ts';
import { Fields, show } from './fields.ts';
import { inFolder, inherit, inherited, readKeywords } from './keywords.ts';
import { roleNodes } from './role.ts';
import { isFile, placesOf } from './search.ts';
import { staticText } from './static-text.ts';
import { taskList } from './task-file.ts';
import type { Node } from './types.ts';

const elsewhere = {
	loop: 'an import is resolved at load: write include_tasks or include_role to loop',
	loop_control: 'an import is resolved at load: write include_tasks or include_role to loop',
	register: 'write it at the tasks inside',
	notify: 'write it at the tasks inside',
	until: 'write it at the tasks inside',
};

/** `import_tasks`: the tasks of a file, in place of it. */
export async function importTasks(
	fields: Fields,
	key: string,
	scope: Scope,
	readTasks: ReadTasks,
): Promise<readonly Node[]> {
	checkKeys(fields, 'import_tasks', [...inherited, 'name', key], elsewhere);
	const { name: target } = readTarget(fields, key, 'file', []);
	const source = fields.source(key);
	const text = target && staticText(target, layersOf(scope), scope.context, source);
	return text === undefined
		? []
		: tasksOf(text, { ...scope, keywords: below(fields, scope, `import_tasks ${text}`) }, source, readTasks);
}

/** `import_role`: the tasks of a role, in place of it. */
export async function importRole(
	fields: Fields,
	key: string,
	scope: Scope,
	readTasks: ReadTasks,
): Promise<readonly Node[]> {
	checkKeys(fields, 'import_role', [...inherited, 'name', key], elsewhere);
	const { name: target, tasksFrom } = readTarget(fields, key, 'name', ['tasks_from']);
	const source = fields.source(key);
	const name = target && staticText(target, layersOf(scope), scope.context, source);
	return name === undefined
		? []
		: roleNodes(
				{ name, tasksFrom, keywords: below(fields, scope, `import_role ${name}`), source, once: false },
				scope,
				readTasks,
			);
}

const below = (fields: Fields, scope: Scope, origin: string) =>
	inherit(scope.keywords, readKeywords(fields, 'parameters', origin), fields.source());

const layersOf = (scope: Scope) => [...scope.play.layers, ...scope.keywords.layers];

/** What an import or include names: a text, or a mapping with more. */
export function readTarget(
	fields: Fields,
	key: string,
	main: 'file' | 'name',
	more: readonly string[],
): { readonly name: string | undefined; readonly tasksFrom: string | undefined } {
	const value = fields.value(key);
	if (typeof value === 'string' && value !== '' && main === 'file') {
		return { name: value, tasksFrom: undefined };
	}

	if (!isMap(value) || value[main] === undefined) {
		const form = main === 'file' ? `${key}: install.yml` : `${key}: {name: base}`;
		fields.problems.error(
			`"${key}" needs the name of a ${main === 'file' ? 'file' : 'role'}, not ${show(value)}`,
			{
				source: fields.source(key),
				hint: typeof value === 'string' && value !== '' ? `write ${key}: {name: ${value}}` : `write ${form}`,
			},
		);
		return { name: undefined, tasksFrom: undefined };
	}

	const inside = new Fields(value, fields.problems);
	checkKeys(inside, key, [main, ...more], {
		apply: 'what the include says holds for its tasks: write the keywords beside it',
		public: 'values of a role are its own: pass what others need by vars of the play',
	});
	return { name: inside.text(main), tasksFrom: inside.text('tasks_from') };
}

/** The tasks of a file that stands beside the one in hand, or in `tasks/` of the role or playbook. */
export async function tasksOf(
	name: string,
	scope: Scope,
	source: Source,
	readTasks: ReadTasks,
): Promise<readonly Node[]> {
	const { problems } = scope.context;
	const keywords = inFolder(scope.keywords, dirname(scope.file));
	const places = placesOf(name, 'tasks', { role: keywords.role, folders: keywords.folders });
	const beside = placesOf(name, 'tasks', { role: undefined, folders: [dirname(scope.file)] }).toReversed();
	const file = [...beside, ...places].find(isFile);
	if (file === undefined) {
		problems.error(`there is no file of tasks "${name}"`, {
			source,
			hint: `looked for ${[...new Set([...beside, ...places])].join(', ')}`,
		});
		return [];
	}

	if (scope.chain.includes(file)) {
		problems.error(`"${name}" imports itself`, {
			source,
			hint: 'include_tasks with a condition may do that',
		});
		return [];
	}

	const content = taskList(await readFile(file, scope.context), file, problems);
	return readTasks(content, {
		...scope,
		file,
		chain: [...scope.chain, file],
		keywords: inFolder(scope.keywords, dirname(file)),
	});
}
