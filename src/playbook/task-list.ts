import { findModule, moduleNames } from '../modules/index.ts';
import { isMap } from '../vars/kinds.ts';
import { sourceOf } from '../yaml/positions.ts';
import { isSpecial, type Special, shortName, specials } from './actions.ts';
import { unknownAction } from './advice.ts';
import { readBlock } from './block.ts';
import type { Scope } from './context.ts';
import { Fields, show } from './fields.ts';
import { importRole, importTasks } from './imports.ts';
import { readInclude } from './include-node.ts';
import { inherited } from './keywords.ts';
import { readTask, taskKeywords } from './task.ts';
import type { Node } from './types.ts';

const allKeywords: readonly string[] = [...inherited, ...taskKeywords, 'rescue', 'always', 'module_defaults'];

/** The tasks of a list, imports put in place of their files. Each faulty one is a problem and left out. */
export async function readTasks(list: readonly unknown[], scope: Scope): Promise<Node[]> {
	const nodes: Node[] = [];
	for (const [index, entry] of list.entries()) {
		nodes.push(...(await readEntry(entry, list, index, scope)));
	}

	return nodes;
}

async function readEntry(
	entry: unknown,
	list: readonly unknown[],
	index: number,
	scope: Scope,
): Promise<readonly Node[]> {
	const { problems } = scope.context;
	if (!isMap(entry)) {
		const source = sourceOf(list, index);
		const hint = entry === null ? 'remove the empty "-"' : 'write a task such as "- command: uptime"';
		problems.error(`a task is a mapping, not ${show(entry)}`, { source, hint });
		return [];
	}

	const fields = new Fields(entry, problems);
	const action = findAction(fields);
	if (action === undefined) {
		return [];
	}

	switch (action.special) {
		case 'block':
			return readBlock(fields, scope, readTasks);
		case 'import_tasks':
			return importTasks(fields, action.key, scope, readTasks);
		case 'import_role':
			return importRole(fields, action.key, scope, readTasks);
		case 'include_tasks':
		case 'include_role':
			return readInclude(fields, action.key, action.special === 'include_role' ? 'role' : 'tasks', scope);
		case undefined:
			return readTask(fields, action.key, scope);
	}
}

/** The key that says what a task does: exactly one module, or one of our own words. */
function findAction(
	fields: Fields,
): { readonly key: string; readonly special: Special | undefined } | undefined {
	const others = fields.keys.filter((key) => !allKeywords.includes(key));
	const known = others.filter((key) => isSpecial(shortName(key)) || findModule(shortName(key)) !== undefined);
	const [key, second] = known;
	for (const word of others.filter((other) => !known.includes(other))) {
		misplaced(fields, word, key);
	}

	if (key !== undefined && second !== undefined) {
		fields.problems.error(`a task has one module, and this one has ${known.join(' and ')}`, {
			source: fields.source(second, 'key'),
			hint: 'write a task for each of them',
		});
		return undefined;
	}

	if (key === undefined && others.length === 0) {
		const lost =
			fields.has('rescue') || fields.has('always') ? '"rescue" and "always" need a "block"' : undefined;
		fields.problems.error('this task has no module', {
			source: fields.source(),
			hint: lost ?? 'say what is to be done, such as "command: uptime"; "g2pbook doc" lists the modules',
		});
	}

	for (const word of ['rescue', 'always', 'module_defaults'].filter((other) => fields.has(other))) {
		if (key !== undefined && shortName(key) !== 'block') {
			fields.problems.error(`"${word}" cannot stand on a task`, {
				source: fields.source(word, 'key'),
				hint: word === 'module_defaults' ? 'it belongs to a play or a block' : 'put the task below "block:"',
			});
		}
	}

	const name = key === undefined ? undefined : shortName(key);
	return key === undefined || name === undefined
		? undefined
		: { key, special: isSpecial(name) ? name : undefined };
}

/** A word that is neither keyword nor module: perhaps an argument that slipped out of its module. */
function misplaced(fields: Fields, word: string, action: string | undefined): void {
	const module = action === undefined ? undefined : findModule(shortName(action));
	if (module !== undefined && Object.hasOwn(module.args.shape, word)) {
		fields.problems.error(`"${word}" is an argument of "${module.name}", not a keyword of the task`, {
			source: fields.source(word, 'key'),
			hint: `indent it below "${action}:"`,
		});
	} else {
		unknownAction(fields, word, allKeywords, action === undefined ? [...moduleNames, ...specials] : []);
	}
}
