import { relative } from 'node:path';
import type { Node, Play, TaskNode } from '../playbook/types.ts';
import type { Plan, PlannedPlay } from './types.ts';
import type { Previews } from './walk.ts';
import { handlersOf, leavesOf } from './walk.ts';

type Shown = { readonly plan: Plan; readonly previews: Previews };

/** Who does what, in which order, for a person. */
export const printPlan = (shown: Shown, cwd: string): string =>
	shown.plan.plays
		.map((planned) => {
			const { play, skippedBecause } = planned;
			const lines =
				skippedBecause === undefined
					? [...batchLines(planned), ...sectionLines(play, shown), ...handlerLines(play, shown)]
					: [`  skipped: ${skippedBecause}`];
			return [`${title(planned, shown, cwd)}`, ...lines].join('\n');
		})
		.join('\n\n')
		.concat('\n');

/** `--list-tasks`. */
export const printTasks = (shown: Shown): string =>
	shown.plan.plays
		.map(({ play }) => [heading(play), ...sectionLines(play, shown)].join('\n'))
		.join('\n\n')
		.concat('\n');

/** `--list-hosts`. */
export const printHosts = ({ plan }: Shown): string =>
	plan.plays
		.map(({ play, hosts, skippedBecause }) =>
			[
				`${heading(play)}  pattern "${play.hosts}"`,
				...(skippedBecause === undefined
					? hosts.map((host) => `  ${host}`)
					: [`  skipped: ${skippedBecause}`]),
			].join('\n'),
		)
		.join('\n\n')
		.concat('\n');

/** `--list-tags`. */
export const printTags = ({ plan, previews }: Shown): string =>
	plan.plays
		.map(({ play }) => {
			const tags = new Set([...leavesOf(play, previews)].flatMap((leaf) => leaf.tags));
			return `${heading(play)}\n  ${[...tags].sort().join(', ') || 'no tags'}`;
		})
		.join('\n\n')
		.concat('\n');

const heading = (play: Play): string => `Play ${play.index + 1}: ${play.name}`;

function title({ play, hosts }: PlannedPlay, { plan }: Shown, cwd: string): string {
	const words = [
		`${hosts.length} ${hosts.length === 1 ? 'host' : 'hosts'}`,
		...(play.serial.length > 0 ? [`serial ${play.serial.join(', ')}`] : []),
		...(play.strategy === 'linear' ? [] : [`strategy ${play.strategy}`]),
		...(play.keywords.become === true ? [`become ${play.keywords.becomeUser ?? 'root'}`] : []),
	];
	const file = play.source.file === plan.playbook.file ? '' : `  (${relative(cwd, play.source.file)})`;
	return `${heading(play)}  [${words.join(', ')}]${file}`;
}

const batchLines = ({ batches }: PlannedPlay): readonly string[] =>
	batches.map(
		(hosts, index) => `  ${batches.length === 1 ? 'hosts' : `batch ${index + 1}`}: ${hosts.join(', ')}`,
	);

function sectionLines(play: Play, shown: Shown): readonly string[] {
	return play.sections.flatMap(({ name, nodes }) => {
		const lines = nodeLines(nodes, shown, '    ');
		return lines.length === 0 ? [] : [`  ${name}:`, ...lines];
	});
}

function handlerLines(play: Play, { previews }: Shown): readonly string[] {
	const handlers = [...handlersOf(play, previews)];
	return handlers.length === 0 ? [] : ['  handlers:', ...handlers.map((task) => `    ${titled(task)}`)];
}

function nodeLines(nodes: readonly Node[], shown: Shown, indent: string): readonly string[] {
	return nodes.flatMap((node) => {
		if (!shown.plan.selects(node)) {
			return [];
		}

		if (node.kind === 'block') {
			return [
				...nodeLines(node.body, shown, indent),
				...part('rescue', node.rescue, shown, indent),
				...part('always', node.always, shown, indent),
			];
		}

		if (node.kind === 'task') {
			return [`${indent}${titled(node)}`];
		}

		const tags = node.tags.length === 0 ? '' : `  [${node.tags.join(', ')}]`;
		const inside = (shown.previews.get(node) ?? []).flatMap((included) =>
			nodeLines(included.nodes, shown, `${indent}  `),
		);
		return [`${indent}${prefixed(node)}${tags}`, ...inside];
	});
}

function part(name: string, nodes: readonly Node[], shown: Shown, indent: string): readonly string[] {
	const lines = nodeLines(nodes, shown, `${indent}  `);
	return lines.length === 0 ? [] : [`${indent}${name}:`, ...lines];
}

const prefixed = ({ name, role }: Pick<TaskNode, 'name' | 'role'>): string =>
	role === undefined ? name : `${role.name} : ${name}`;

function titled(task: TaskNode): string {
	const module = task.name === task.module ? '' : `  (${task.module})`;
	return `${prefixed(task)}${module}${task.tags.length === 0 ? '' : `  [${task.tags.join(', ')}]`}`;
}
