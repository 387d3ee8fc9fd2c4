import { loadIncluded } from '../playbook/include.ts';
import { scopeOf } from '../playbook/include-node.ts';
import type { Included, IncludeNode, Node } from '../playbook/types.ts';
import type { Layer } from '../vars/types.ts';
import type { HostResult } from './events.ts';
import type { HostRun } from './host.ts';
import { failure } from './item-outcome.ts';
import { loopValues } from './loop-values.ts';
import { recordOutcome } from './record.ts';
import type { PlayRun } from './run-context.ts';
import { taskInfo } from './task-info.ts';
import { hostVars, taskVars } from './variables.ts';

type Walk = (run: PlayRun, nodes: readonly Node[], hosts: readonly HostRun[]) => Promise<void>;

/** The same file with the same loop item, for these hosts. */
type Group = { readonly target: string; readonly item: Layer | undefined; readonly hosts: HostRun[] };

/** `include_tasks` and `include_role`: what each host includes may differ; hosts that agree go together. */
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
	for (const host of hosts.filter(({ standing }) => standing === 'active')) {
		try {
			for (const { target, item } of wanted(run, node, host)) {
				const key = JSON.stringify([target, item?.values]);
				const group = groups.get(key) ?? { target, item, hosts: [] };
				group.hosts.push(host);
				groups.set(key, group);
			}
		} catch (error) {
			fail(run, node, host, error);
		}
	}

	for (const [key, { target, item, hosts: members }] of groups) {
		const included = await load(run, node, target, members);
		if (included !== undefined) {
			run.handlers.add(
				included.handlers.map((handler) => ({ ...handler, when: withoutThose(handler.when, node) })),
			);
			await walk(
				run,
				included.nodes.map((inner) => within(asked(inner, node), item, key)),
				members,
			);
		}
	}
}

function wanted(
	run: PlayRun,
	node: IncludeNode,
	host: HostRun,
): readonly { readonly target: string; readonly item: Layer | undefined }[] {
	const base = hostVars(run, host);
	const vars = taskVars(base, node);
	const one = (item: Layer | undefined) => {
		const own = item === undefined ? vars : vars.with(item);
		return node.when.every((condition) => own.test(condition))
			? [{ target: String(own.render(node.target)), item }]
			: [];
	};
	if (node.loop === undefined) {
		return one(undefined);
	}

	const { loopVar, indexVar } = node.loopControl;
	return loopValues(vars.render(node.loop, node.source)).flatMap((value, index) =>
		one({
			kind: 'magic',
			origin: 'loop',
			values: { [loopVar]: value, ...(indexVar === undefined ? {} : { [indexVar]: index }) },
			literal: true,
		}),
	);
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
		for (const host of hosts) {
			fail(run, node, host, error);
		}

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

/** An include that cannot be resolved fails the host like a task; one that depends on unknown things is "might". */
function fail(run: PlayRun, node: IncludeNode, host: HostRun, error: unknown): void {
	const { item, registered } = failure(error, undefined, node.name);
	const task = taskInfo(run, node, host, false);
	const result: HostResult = { ...item, host: host.name, ignored: false, items: [], duration: 0 };
	run.context.emit({ kind: 'task-start', task, hosts: [host.name] });
	run.context.emit({ kind: 'host-end', task, result });
	run.context.emit({ kind: 'task-end', task, results: [result] });
	recordOutcome(run, { name: node.name, module: task.module, register: undefined }, host, {
		result,
		registered,
		effects: [],
	});
}
