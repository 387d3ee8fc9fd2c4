import { isMap } from '../vars/kinds.ts';
import type { Layer } from '../vars/types.ts';
import { sourceOf } from '../yaml/positions.ts';
import { checkKeys } from './advice.ts';
import type { Context, Scope } from './context.ts';
import type { Fields } from './fields.ts';
import { inherit, noKeywords, type Own, readKeywords } from './keywords.ts';
import { readModuleDefaults } from './module-defaults.ts';
import { readSerial } from './play-order.ts';
import { onlyTasks, roleNodes } from './role.ts';
import { readRoleEntry } from './role-entry.ts';
import { staticText } from './static-text.ts';
import { readTasks } from './task-list.ts';
import type { Node, Play } from './types.ts';
import { readVarsFiles } from './vars-files.ts';

const orders = ['inventory', 'reverse_inventory', 'sorted', 'reverse_sorted', 'shuffle'] as const;

const playKeywords = [
	'any_errors_fatal',
	'become',
	'become_user',
	'check_mode',
	'connection',
	'diff',
	'environment',
	'gather_facts',
	'handlers',
	'hosts',
	'ignore_errors',
	'ignore_unreachable',
	'max_fail_percentage',
	'module_defaults',
	'name',
	'no_log',
	'order',
	'post_tasks',
	'pre_tasks',
	'remote_user',
	'roles',
	'serial',
	'strategy',
	'tags',
	'tasks',
	'throttle',
	'timeout',
	'vars',
	'vars_files',
] as const;

const elsewhere = {
	when: 'write it at tasks, blocks or roles',
	loop: 'write it at tasks',
	register: 'write it at tasks',
	notify: 'write it at tasks',
	delegate_to: 'write it at tasks or blocks',
	run_once: 'write it at tasks or blocks',
	block: 'write it below "tasks:"',
};

/** One play. `outer` is what an `import_playbook` says beside it. */
export async function readPlay(
	fields: Fields,
	index: number,
	context: Context,
	file: string,
	outer: Own,
): Promise<Play | undefined> {
	checkKeys(fields, 'a play', playKeywords, elsewhere);
	const source = fields.source();
	const written = fields.text('name');
	const own = readKeywords(fields, 'play vars', `play "${written ?? String(fields.value('hosts'))}"`);
	const varsFiles = await readVarsFiles(fields, context);
	const layers = [...(outer.layers ?? []), ...(own.layers ?? []), ...varsFiles.layers];
	const hosts = readHosts(fields, context, layers);
	const inheritedOuter = inherit(noKeywords(source, [context.folder]), { ...outer, layers: [] }, source);
	const keywords = inherit(inheritedOuter, { ...own, layers: [] }, source);
	const scope: Scope = {
		context,
		keywords,
		moduleDefaults: readModuleDefaults(fields, {}),
		file,
		chain: [file],
		play: { done: new Set(), handlers: [], layers },
	};
	const list = async (key: string, inside = scope): Promise<readonly Node[]> =>
		readTasks(fields.list(key, 'tasks'), inside);
	const preTasks = await list('pre_tasks');
	const roles = await readRoles(fields, scope);
	const tasks = await list('tasks');
	const postTasks = await list('post_tasks');
	const handlers = onlyTasks(await list('handlers'), context);
	const gatherFacts = fields.value('gather_facts');
	if (gatherFacts !== undefined && typeof gatherFacts !== 'boolean') {
		fields.boolean('gather_facts') ?? fields.wrong('gather_facts', 'true or false');
	}

	const percentage = fields.number('max_fail_percentage');
	if (hosts === undefined) {
		return undefined;
	}

	return {
		index,
		name: written ?? hosts,
		hosts,
		hostsSource: fields.source('hosts'),
		source,
		gatherFacts: gatherFacts !== false,
		keywords,
		sections: [
			{ name: 'pre_tasks', nodes: preTasks },
			{ name: 'tasks', nodes: [...roles, ...tasks] },
			{ name: 'post_tasks', nodes: postTasks },
		],
		handlers: [...scope.play.handlers, ...handlers],
		serial: readSerial(fields),
		strategy: fields.oneOf('strategy', ['linear', 'by_group', 'free'], 'linear'),
		order: fields.oneOf('order', orders, 'inventory'),
		maxFailPercentage: typeof percentage === 'number' ? percentage : undefined,
		anyErrorsFatal: keywords.anyErrorsFatal === true,
		layers,
		varsFiles: varsFiles.later,
	};
}

function readHosts(fields: Fields, context: Context, layers: readonly Layer[]): string | undefined {
	if (!fields.has('hosts')) {
		context.problems.error('a play needs "hosts"', { source: fields.source(), hint: 'such as "hosts: all"' });
		return undefined;
	}

	const pattern = fields.texts('hosts').join(',');
	if (pattern.trim() === '') {
		return fields.value('hosts') === '' || Array.isArray(fields.value('hosts'))
			? fields.wrong('hosts', 'a pattern of hosts', 'such as "hosts: all"')
			: undefined;
	}

	return staticText(pattern, layers, context, fields.source('hosts'));
}

async function readRoles(fields: Fields, scope: Scope): Promise<readonly Node[]> {
	const nodes: Node[] = [];
	const list = fields.list('roles', 'roles');
	for (const [index, entry] of list.entries()) {
		const source = sourceOf(list, index) ?? fields.source('roles');
		const read = readRoleEntry(
			isMap(entry) || typeof entry === 'string' ? entry : null,
			source,
			scope.context.problems,
		);
		const name = read && staticText(read.name, scope.play.layers, scope.context, read.source);
		if (read !== undefined && name !== undefined) {
			const keywords = inherit(scope.keywords, read.own, source);
			nodes.push(...(await roleNodes({ name, keywords, source: read.source, once: true }, scope, readTasks)));
		}
	}

	return nodes;
}
