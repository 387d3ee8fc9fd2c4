import { loadIncluded } from '../playbook/include.ts';
import { scopeOf } from '../playbook/include-node.ts';
import type { Included, IncludeNode, Node } from '../playbook/types.ts';
import type { Layer } from '../vars/types.ts';
import type { HostResult } from './events.ts';
import type { HostRun } from './host.ts';
import { failure, type ItemOutcome, skipped } from './item-outcome.ts';
import { loopValues, refusingAnyItem } from './loop-values.ts';
import { recordOutcome } from './record.ts';
import type { PlayRun } from './run-context.ts';
import { taskInfo } from './task-info.ts';
import { hostVars, taskVars } from './variables.ts';

type Walk = (run: PlayRun, nodes: readonly Node[], hosts: readonly HostRun[]) => Promise<void>;

/** The same file with the same loop item, for these hosts. */
type Group = Wanted & { readonly hosts: HostRun[] };

/** `place`: which of the loop's items it is. */
type Wanted = { readonly target: string; readonly item: Layer | undefined; readonly place: number };

/**
 * `include_tasks` and `include_role`: what each host includes may differ; hosts that agree go together. Of a loop, the
 * first item is done on all hosts that want it before the second on any, so that a loop can give hosts their turns.
 */
export async function runInclude(
	run: PlayRun,
	node: IncludeNode,
	hosts: readonly HostRun[],
	walk: Walk,
): Promise<void> {
	const { context } = run;
	if (!context.plan.selects(node) || context.options.interrupt.finishing) {
		return;
	}

	const groups = new Map<string, Group>();
	const passing: Passing[] = [];
	for (const host of hosts.filter(({ standing }) => standing === 'active')) {
		try {
			const all = wanted(run, node, host);
			if ('passes' in all) {
				passing.push({ host, outcome: skipped(undefined, all.passes) });
				continue;
			}

			for (const { target, item, place } of all) {
				const key = JSON.stringify([target, item?.values]);
				const group = groups.get(key) ?? { target, item, place, hosts: [] };
				group.hosts.push(host);
				groups.set(key, group);
			}
		} catch (error) {
			pass(run, node, [{ host, outcome: failure(error, undefined, node.name) }]);
		}
	}

	pass(run, node, passing);
	const inOrder = [...groups].sort(([, one], [, other]) => one.place - other.place);
	for (const [key, { target, item, hosts: members }] of inOrder) {
		const included = await load(run, node, target, members);
		if (included !== undefined) {
			run.handlers.add(
				included.handlers.map((handler) => ({ ...handler, when: withoutThose(handler.when, node) })),
			);
			const nodes = included.nodes.map((inner) => within(asked(inner, node), item, key));
			run.upcoming.add(nodes);
			await walk(run, nodes, members);
		}
	}
}

/** What a host includes, or why it passes by. */
function wanted(
	run: PlayRun,
	node: IncludeNode,
	host: HostRun,
): readonly Wanted[] | { readonly passes: string } {
	const base = hostVars(run, host);
	const vars = taskVars(base, node);
	let passes = 'the loop has no items';
	const one = (item: Layer | undefined, place = 0) => {
		const own = item === undefined ? vars : vars.with(item);
		const refusing = node.when.find((condition) => !own.test(condition));
		passes = refusing === undefined ? passes : `when: ${refusing.text}`;
		return refusing === undefined ? [{ target: String(own.render(node.target)), item, place }] : [];
	};
	if (node.loop === undefined) {
		const [whole] = one(undefined);
		return whole === undefined ? { passes } : [whole];
	}

	const { loopVar, indexVar } = node.loopControl;
	let values: readonly unknown[];
	try {
		values = loopValues(vars.render(node.loop, node.source));
	} catch (error) {
		const refusing = refusingAnyItem(node.when, vars);
		if (refusing === undefined) {
			throw error;
		}

		return { passes: `when: ${refusing.text}` };
	}

	const all = values.flatMap((value, index) =>
		one(
			{
				kind: 'magic',
				origin: 'loop',
				values: { [loopVar]: value, ...(indexVar === undefined ? {} : { [indexVar]: index }) },
				literal: true,
			},
			index,
		),
	);
	return all.length === 0 ? { passes } : all;
}

async function load(
	run: PlayRun,
	node: IncludeNode,
	target: string,
	hosts: readonly HostRun[],
): Promise<Included | undefined> {
	try {
		return await loadIncluded(node, target, run.context.plan.playbook);
	} catch (error) {
		pass(
			run,
			node,
			hosts.map((host) => ({ host, outcome: failure(error, undefined, node.name) })),
		);
		return undefined;
	}
}

/**
 * Without the conditions of the include: they were asked when it was reached, and its tasks may change the answer. Those
 * of the blocks around it are asked for each task, as for any other in a block (Ansible's order, too).
 */
function asked(node: Node, include: IncludeNode): Node {
	if (node.kind === 'block') {
		const inner = (nodes: readonly Node[]) => nodes.map((child) => asked(child, include));
		return { ...node, body: inner(node.body), rescue: inner(node.rescue), always: inner(node.always) };
	}

	return { ...node, when: withoutThose(node.when, include) };
}

function withoutThose(when: IncludeNode['when'], include: IncludeNode): IncludeNode['when'] {
	const around = scopeOf(include)?.keywords.when ?? [];
	return when.filter((condition) => around.includes(condition) || !include.when.includes(condition));
}

/** The included node with the loop item in sight; its id tells the items apart. */
function within(node: Node, item: Layer | undefined, key: string): Node {
	if (item === undefined) {
		return node;
	}

	if (node.kind === 'block') {
		const inner = (nodes: readonly Node[]) => nodes.map((child) => within(child, item, key));
		return { ...node, body: inner(node.body), rescue: inner(node.rescue), always: inner(node.always) };
	}

	return { ...node, id: `${node.id} ${key}`, layers: [...node.layers, item] };
}

type Passing = { readonly host: HostRun; readonly outcome: ItemOutcome };

/**
 * Hosts that do not include anything are told as with a task: a condition was not met, or the include cannot be resolved,
 * which fails the host; what depends on unknown things is "might".
 */
function pass(run: PlayRun, node: IncludeNode, passing: readonly Passing[]): void {
	const [first] = passing;
	if (first === undefined) {
		return;
	}

	const task = taskInfo(run, node, first.host, false);
	const results = passing.map(
		({ host, outcome }): HostResult => ({
			...outcome.item,
			host: host.name,
			ignored: false,
			items: [],
			duration: 0,
		}),
	);
	run.context.emit({ kind: 'task-start', task, hosts: results.map(({ host }) => host) });
	for (const result of results) {
		run.context.emit({ kind: 'host-end', task, result });
	}

	run.context.emit({ kind: 'task-end', task, results });
	for (const [index, { host, outcome }] of passing.entries()) {
		const result = results[index];
		if (result !== undefined) {
			recordOutcome(run, { name: node.name, module: task.module, register: undefined }, host, {
				result,
				registered: outcome.registered,
				effects: [],
			});
		}
	}
}
