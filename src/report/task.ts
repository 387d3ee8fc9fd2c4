import type { HostResult, ItemResult, Status, TaskInfo } from '../engine/events.ts';
import { changeLines } from './diff.ts';
import { failureLines, stepLines, streamLines } from './failure.ts';
import { fold, names } from './fold.ts';
import { itemChains, labelOf } from './item-chain.ts';
import { indent, linesOf, mark, paint, seconds, statuses, type View, word } from './style.ts';

/** `role : name`, as people know tasks. */
export const title = ({ role, name, handler }: TaskInfo): string =>
	`${handler ? 'handler: ' : ''}${role === undefined ? '' : `${role} : `}${name}`;

/** One task with all its hosts: a line that says how it went, then what needs more words. */
export function taskLines(task: TaskInfo, results: readonly HostResult[], view: View): string[] {
	const worst = statuses.findLast((status) => results.some((result) => result.status === status)) ?? 'ok';
	const longest = Math.max(0, ...results.map(({ duration }) => duration));
	const time = longest >= 1 || view.verbosity >= 1 ? view.chalk.dim(`  ${seconds(longest)}`) : '';
	return [
		`${paint(worst, view)(mark[worst])} ${title(task)} ${view.chalk.dim('·')} ${summary(results, view)}${time}`,
		...indent(view.verbosity >= 1 ? each(task, results, view) : folded(task, results, view)),
	];
}

// Whoever changed or failed is named; the many that are fine are only counted.
function summary(results: readonly HostResult[], view: View): string {
	const parts: string[] = [];
	for (const status of ['ok', 'changed', 'would-run', 'might', 'skipped', 'unreachable', 'failed'] as const) {
		const here = results.filter((result) => result.status === status);
		const ignored = here.filter((result) => result.ignored);
		if (here.length > 0) {
			const hosts = status === 'ok' || status === 'skipped' ? '' : ` [${names(here.map(hostName))}]`;
			const note =
				ignored.length === 0
					? ''
					: ignored.length === here.length
						? ' (ignored)'
						: ` (${ignored.length} ignored)`;
			parts.push(paint(status, view)(`${word(status, view.check)} ${here.length}${hosts}${note}`));
		}
	}

	return parts.join(view.chalk.dim(' · '));
}

const hostName = ({ host, delegatedTo }: HostResult): string =>
	delegatedTo === undefined ? host : `${host} → ${delegatedTo}`;

function folded(task: TaskInfo, results: readonly HostResult[], view: View): string[] {
	return fold(results, (result) => bodyLines(task, result, view))
		.filter(({ lines }) => lines.length > 0)
		.flatMap(({ members, lines }) => [view.chalk.bold(names(members.map(hostName))), ...indent(lines)]);
}

function each(task: TaskInfo, results: readonly HostResult[], view: View): string[] {
	return results.flatMap((result) => [
		`${view.chalk.bold(hostName(result))}  ${paint(result.status, view)(word(result.status, view.check))}  ${view.chalk.dim(seconds(result.duration))}`,
		...indent(bodyLines(task, result, view)),
	]);
}

function bodyLines(task: TaskInfo, result: HostResult, view: View): string[] {
	return result.items.length === 0
		? resultLines(task, result, view)
		: [
				// What was wrong with the loop as a whole is not in its items.
				...(result.items.some(({ status }) => status === result.status)
					? []
					: resultLines(task, result, view)),
				...itemLines(task, result.items, view),
			];
}

/** What one answer needs beyond its status. */
function resultLines(task: TaskInfo, result: ItemResult, view: View): string[] {
	return [...mainLines(task, result, view), ...verboseLines(result, view)];
}

function mainLines(task: TaskInfo, result: ItemResult, view: View): string[] {
	const { status, message, steps = [], attempts = 1 } = result;
	const said = message === undefined ? [] : linesOf(message);
	switch (status) {
		case 'failed':
		case 'unreachable':
			return failureLines(task, result, view);
		case 'would-run':
			return [...said, ...stepLines(steps, view)];
		case 'might':
			return said;
		case 'skipped':
			return view.verbosity >= 1 ? said : [];
		case 'ok':
		case 'changed':
			return [
				...said,
				...(attempts > 1 && view.verbosity >= 1 ? [`after ${attempts} attempts`] : []),
				...(view.diff || view.verbosity >= 1 ? changeLines(result.change, result.details, view) : []),
			];
	}
}

function verboseLines(result: ItemResult, view: View): string[] {
	const { chalk, verbosity } = view;
	const { args = {}, steps = [], output, status } = result;
	const failed = status === 'failed' || status === 'unreachable';
	const everything = Number.POSITIVE_INFINITY;
	return [
		...(verbosity >= 2 && Object.keys(args).length > 0 ? [chalk.dim(argumentLine(args))] : []),
		...(verbosity >= 2 && !failed && status !== 'would-run' ? stepLines(steps, view) : []),
		...((verbosity >= 3 || view.oneTask) && output !== undefined && !failed
			? [
					...(verbosity >= 3 ? [`rc ${output.code}`] : []),
					...(['stdout', 'stderr'] as const)
						.filter((name) => output[name] !== '')
						.flatMap((name) => streamLines(name, linesOf(output[name]), view, everything)),
				]
			: []),
	];
}

const longestValue = 120;

/** Arguments as a playbook would write them, long values cut. */
export function argumentLine(args: Readonly<Record<string, unknown>>): string {
	const pairs = Object.entries(args).map(([key, value]) => {
		const text = JSON.stringify(value) ?? 'null';
		return `${key}: ${text.length > longestValue ? `${text.slice(0, longestValue)}…` : text}`;
	});
	return `{${pairs.join(', ')}}`;
}

// Items that only say that they changed share a line; those with more to say have their own paragraph.
function itemLines(task: TaskInfo, items: readonly ItemResult[], view: View): string[] {
	const told = items.filter(
		(item) =>
			view.verbosity >= 1 || !quiet.has(item.status) || (item.status === 'ok' && item.message !== undefined),
	);
	const chains =
		view.verbosity >= 1 ? told.map((result) => ({ labels: [labelOf(result)], result })) : itemChains(told);
	return fold(chains, ({ result }) => [result.status, ...resultLines(task, result, view)]).flatMap(
		({ members, lines }) => {
			const status = members[0]?.result.status ?? 'ok';
			const labels = members.flatMap((member) => member.labels);
			return [
				`${paint(status, view)(word(status, view.check))}  ${names(labels, { between: ', ' })}`,
				...indent(lines.slice(1)),
			];
		},
	);
}

const quiet: ReadonlySet<Status> = new Set<Status>(['ok', 'skipped']);
