import { Diagnostics } from '../diagnostics.ts';
import { BadInput } from '../errors.ts';
import { type LoadOptions, makeContext, type Scope } from './context.ts';
import { tasksOf } from './imports.ts';
import { scopeOf } from './include-node.ts';
import { onlyKeywords } from './keywords.ts';
import { roleNodes } from './role.ts';
import { readTasks } from './task-list.ts';
import type { Included, IncludeNode, Playbook, TaskNode } from './types.ts';

const loaded = new WeakMap<Scope, Map<string, Promise<Included>>>();

/**
 * What an include brings when it is reached; `target` is its rendered name. The same include with the same target
 * gives the same nodes every time, so that hosts can be kept in step by them.
 * @throws BadInput with the places of everything that is wrong in it.
 */
export function loadIncluded(node: IncludeNode, target: string, playbook: Playbook): Promise<Included> {
	const scope = scopeOf(node);
	const problems = new Diagnostics();
	const options = { cwd: playbook.folder, ...scope?.context, problems };
	const load = async (): Promise<Included> => {
		const included = await readIncluded(node, target, playbook, options);
		if (problems.errors.length > 0) {
			throw new BadInput(problems.list);
		}

		return included;
	};
	if (scope === undefined) {
		return load();
	}

	const known = loaded.get(scope) ?? new Map<string, Promise<Included>>();
	loaded.set(scope, known);
	const key = `${node.id}\n${target}`;
	const found = known.get(key) ?? load();
	known.set(key, found);
	return found;
}

/** The same, with the problems left in `options.problems`. */
export async function readIncluded(
	node: IncludeNode,
	target: string,
	playbook: Playbook,
	options: LoadOptions,
): Promise<Included> {
	const outer = scopeOf(node);
	const context = {
		...makeContext(options, playbook.folder),
		...(outer && { roleFolders: outer.context.roleFolders }),
	};
	const handlers: TaskNode[] = [];
	const { id, what, tasksFrom } = node;
	const keywords = onlyKeywords(node);
	const scope: Scope = {
		context: { ...context, idPrefix: `${id}/` },
		keywords,
		moduleDefaults: outer?.moduleDefaults ?? {},
		file: outer?.file ?? node.source.file,
		// An include may reach itself: a condition ends it.
		chain: [],
		play: { done: new Set(outer?.play.done), handlers, layers: outer?.play.layers ?? [] },
	};
	const nodes =
		what === 'tasks'
			? await tasksOf(target, scope, node.source, readTasks)
			: await roleNodes(
					{ name: target, tasksFrom, keywords, source: node.source, once: false },
					scope,
					readTasks,
				);
	return { nodes, handlers };
}
