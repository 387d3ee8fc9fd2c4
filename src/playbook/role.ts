import { join } from 'node:path';
import type { Source } from '../diagnostics.ts';
import { isMap } from '../vars/kinds.ts';
import type { Layer } from '../vars/types.ts';
import type { ReadTasks } from './block.ts';
import { checkValues } from './check-values.ts';
import { type Context, readFile, type Scope } from './context.ts';
import { inFolder, inherit } from './keywords.ts';
import { readMeta } from './role-meta.ts';
import { findRole, isFile, roleFolder, variableFiles, yamlFile } from './search.ts';
import { mapping, taskList } from './task-file.ts';
import type { Keywords, Node, Role, TaskNode } from './types.ts';

/** One use of a role. */
export type RoleUse = {
	readonly name: string;
	/** Which file of `tasks/`; `main` when not given. */
	readonly tasksFrom?: string | undefined;
	/** What the tasks of the role inherit, its parameters among the layers. */
	readonly keywords: Keywords;
	readonly source: Source;
	/** Leave it out when the play has it already with the same parameters. */
	readonly once: boolean;
};

/** The tasks of the roles that a role depends on, then its own. Its handlers join those of the play. */
export async function roleNodes(use: RoleUse, scope: Scope, readTasks: ReadTasks): Promise<readonly Node[]> {
	const { context, play, chain } = scope;
	const path = findRole(use.name, context.roleFolders, context.problems, use.source);
	if (path === undefined) {
		return [];
	}

	if (chain.includes(path)) {
		context.problems.error(`the role "${use.name}" needs itself`, {
			source: use.source,
			hint: `by way of ${[...chain.slice(chain.indexOf(path)), path].join(' → ')}`,
		});
		return [];
	}

	const meta = await readMeta(path, context);
	const key = identity(path, use);
	if (use.once && !meta.allowDuplicates && play.done.has(key)) {
		return [];
	}

	play.done.add(key);
	const role: Role = { name: use.name, path, source: use.source, tasksFrom: use.tasksFrom };
	const own = await layersOf(
		role,
		meta.dependencies.map(({ name }) => name),
		context,
	);
	const keywords = withLayers({ ...use.keywords, role }, own);
	const inside: Scope = { ...scope, chain: [...chain, path], keywords };
	const nodes: Node[] = [];
	for (const dependency of meta.dependencies) {
		const inherits = inherit(keywords, dependency.own, dependency.source);
		nodes.push(...(await roleNodes({ ...dependency, keywords: inherits, once: true }, inside, readTasks)));
	}

	nodes.push(...(await tasks(use.tasksFrom ?? 'main', use, inside, readTasks)));
	if (!play.done.has(`handlers ${key}`)) {
		play.done.add(`handlers ${key}`);
		play.handlers.push(...(await handlers(inside, readTasks)));
	}

	return nodes;
}

// The same role under another condition is another use: where the first is skipped, the second may be needed.
const identity = (path: string, { keywords: { layers, when } }: RoleUse): string =>
	JSON.stringify([
		path,
		layers.filter(({ kind }) => kind === 'parameters').map(({ values }) => values),
		when.map(({ text }) => text),
	]);

const withLayers = (keywords: Keywords, layers: readonly Layer[]): Keywords => ({
	...keywords,
	layers: [...keywords.layers, ...layers],
});

async function tasks(
	name: string,
	use: RoleUse,
	scope: Scope,
	readTasks: ReadTasks,
): Promise<readonly Node[]> {
	const { role } = scope.keywords;
	const path = join(role?.path ?? '', 'tasks', name);
	const file = isFile(path) ? path : yamlFile(path);
	if (file === undefined) {
		if (name !== 'main') {
			scope.context.problems.error(`the role "${use.name}" has no file tasks/${name}.yml`, {
				source: use.source,
			});
		}

		return [];
	}

	return readTasks(await content(file, scope), within(file, scope));
}

async function handlers(scope: Scope, readTasks: ReadTasks): Promise<readonly TaskNode[]> {
	const file = yamlFile(join(scope.keywords.role?.path ?? '', 'handlers', 'main'));
	if (file === undefined) {
		return [];
	}

	// A condition of the role was true for whoever notified: the handler has to follow, whatever holds by then.
	const inside = within(file, { ...scope, keywords: { ...scope.keywords, when: [] } });
	return onlyTasks(await readTasks(await content(file, scope), inside), scope.context);
}

/** Handlers are tasks: blocks and includes have no name that could be notified. */
export function onlyTasks(nodes: readonly Node[], { problems }: Context): readonly TaskNode[] {
	return nodes.flatMap((node) => {
		if (node.kind === 'task') {
			return [node];
		}

		problems.error(`a handler is a task, and this is ${node.kind === 'block' ? 'a block' : 'an include'}`, {
			source: node.source,
			hint:
				node.kind === 'block' ? 'write each task as a handler, with the same listen' : 'write import_tasks',
		});
		return [];
	});
}

const content = async (file: string, { context }: Scope): Promise<readonly unknown[]> =>
	taskList(await readFile(file, context), file, context.problems);

const within = (file: string, scope: Scope): Scope => ({
	...scope,
	file,
	keywords: inFolder(scope.keywords, join(file, '..')),
	chain: [...scope.chain, file],
});

/** Defaults of the roles that it depends on, its own, and its vars. */
async function layersOf(
	role: Role,
	dependencies: readonly string[],
	context: Context,
): Promise<readonly Layer[]> {
	const found: Layer[] = [];
	const seen = new Set([role.path]);
	const collect = async (names: readonly string[]): Promise<void> => {
		for (const path of names.flatMap((name) => roleFolder(name, context.roleFolders) ?? [])) {
			if (!seen.has(path)) {
				seen.add(path);
				await collect((await readMeta(path, context)).dependencies.map(({ name }) => name));
				found.push(...(await layers('role defaults', path, context)));
			}
		}
	};
	await collect(dependencies);
	return [
		...found,
		...(await layers('role defaults', role.path, context)),
		...(await layers('role vars', role.path, context)),
	];
}

async function layers(
	kind: 'role defaults' | 'role vars',
	path: string,
	context: Context,
): Promise<readonly Layer[]> {
	const found: Layer[] = [];
	for (const file of variableFiles(path, kind)) {
		const values = mapping(await readFile(file, context), file, context.problems, kind);
		if (isMap(values) && Object.keys(values).length > 0) {
			checkValues(values, context.problems);
			found.push({ kind, origin: file, values });
		}
	}

	return found;
}
