import { setTimeout as sleep } from 'node:timers/promises';
import type { TaskNode } from '../playbook/types.ts';
import { Unknown } from '../vars/types.ts';
import type { Vars } from '../vars/vars.ts';
import type { ItemResult, Status } from './events.ts';
import type { HostRun } from './host.ts';
import { runItem } from './item.ts';
import type { TaskOutcome } from './item-outcome.ts';
import { failure, type ItemOutcome, skipped } from './item-outcome.ts';
import { loopValues, refusingAnyItem } from './loop-values.ts';
import { afterWrite } from './reach.ts';
import { extended } from './registered.ts';
import type { PlayRun } from './run-context.ts';
import { forgetReads, hostsMeant } from './target-of-task.ts';
import { booleanOf, numberOf } from './task-settings.ts';
import { hostVars, taskVars } from './variables.ts';

/** Do a task on a host, all items of its loop. Never throws for what a host or a playbook does wrong. */
export async function runTask(run: PlayRun, task: TaskNode, host: HostRun): Promise<TaskOutcome> {
	const started = performance.now();
	const base = hostVars(run, host);
	const vars = taskVars(base, task);
	const items = await runItems(run, task, host, base, vars);
	const outcomes = items.outcomes;
	const whole = items.looped ? combine(outcomes.map(({ item }) => item)) : outcomes[0]?.item;
	const status = whole ?? { status: 'skipped' as const, label: undefined, message: 'the loop has no items' };
	return {
		result: {
			...status,
			host: host.name,
			ignored: isFailure(status.status) && isIgnored(task, vars, status.status),
			items: items.looped ? outcomes.map(({ item }) => item) : [],
			duration: (performance.now() - started) / 1000,
			delegatedTo: outcomes.find(({ delegatedTo }) => delegatedTo !== undefined)?.delegatedTo,
		},
		registered: items.looped ? loopResult(outcomes, status.status) : outcomes[0]?.registered,
		effects: outcomes.flatMap(({ effects }) => (effects === undefined ? [] : [effects])),
	};
}

async function runItems(
	run: PlayRun,
	task: TaskNode,
	host: HostRun,
	base: Vars,
	vars: Vars,
): Promise<{ readonly looped: boolean; readonly outcomes: readonly ItemOutcome[] }> {
	if (task.loop === undefined) {
		return { looped: false, outcomes: [await runItem(run, task, host, vars, undefined, () => [])] };
	}

	let values: readonly unknown[];
	try {
		values = loopValues(vars.render(task.loop, task.source));
	} catch (error) {
		const refusing = refusingAnyItem(task.when, vars);
		const outcome =
			refusing === undefined
				? failure(error, undefined, task.name)
				: skipped(undefined, `when: ${refusing.text}`);
		return { looped: false, outcomes: [outcome] };
	}

	const outcomes: ItemOutcome[] = [];
	const { loopVar, indexVar, label, pause } = task.loopControl;
	const varsOf = (value: unknown, index: number): Vars =>
		taskVars(base, task, { [loopVar]: value, ...(indexVar === undefined ? {} : { [indexVar]: index }) });
	for (const [index, value] of values.entries()) {
		if (run.context.options.interrupt.killing.aborted) {
			break;
		}

		const own = varsOf(value, index);
		const next = index + 1;
		const following = () =>
			values.slice(next, next + afterWrite).map((item, offset) => varsOf(item, next + offset));
		const outcome = await runItem(run, task, host, own, labelOf(run, label, value, own), following);
		outcomes.push(outcome);
		// Further items would each wait for a dead host, or go on behind a gap; delegated ones may mean other hosts.
		if (outcome.item.status === 'unreachable' && task.delegateTo === undefined) {
			break;
		}

		if (pause !== undefined && index < values.length - 1 && !run.context.options.check) {
			await sleep(numberOf('pause', vars.render(pause)) * 1000);
			forgetReads(run, [outcome.delegatedTo ?? host.name, ...hostsMeant(run, task, host)]);
		}
	}

	return { looped: true, outcomes };
}

function labelOf(run: PlayRun, label: unknown, value: unknown, vars: Vars): string {
	// Filtered before it is cut: half a secret would pass the filter that comes last.
	const shorten = (text: string) => cut(run.context.options.redactor.text(text));
	try {
		const shown = label === undefined ? value : vars.render(label);
		if (typeof shown === 'object' && shown !== null && !Array.isArray(shown) && label === undefined) {
			const name = (shown as { readonly name?: unknown }).name;
			return typeof name === 'string' ? name : shorten(JSON.stringify(shown));
		}

		return typeof shown === 'object' ? shorten(JSON.stringify(shown)) : String(shown);
	} catch {
		return '(its label cannot be rendered)';
	}
}

const cut = (text: string): string => (text.length > 80 ? `${text.slice(0, 79)}…` : text);

// The worst that happened to an item is what happened to the task.
const severity: readonly Status[] = [
	'skipped',
	'ok',
	'changed',
	'would-run',
	'might',
	'failed',
	'unreachable',
];

function combine(items: readonly ItemResult[]): ItemResult | undefined {
	const worst = items.reduce<ItemResult | undefined>(
		(found, item) =>
			found === undefined || severity.indexOf(item.status) > severity.indexOf(found.status) ? item : found,
		undefined,
	);
	if (worst === undefined) {
		return undefined;
	}

	const failed = items.filter(({ status }) => isFailure(status));
	return {
		status: worst.status,
		label: undefined,
		message: failed.length > 0 ? `${failed.length} of ${items.length} items failed` : undefined,
		hint: failed[0]?.hint,
	};
}

function loopResult(outcomes: readonly ItemOutcome[], status: Status): unknown {
	return {
		results: outcomes.map(({ registered, item }) =>
			registered instanceof Unknown ? registered : extended(registered, { label: item.label }),
		),
		changed:
			status === 'might' || status === 'would-run'
				? new Unknown('items of a loop that were not run')
				: outcomes.some(({ item }) => item.status === 'changed'),
		failed: isFailure(status),
		skipped: status === 'skipped',
	};
}

export const isFailure = (status: Status): boolean => status === 'failed' || status === 'unreachable';

function isIgnored(task: TaskNode, vars: Vars, status: Status): boolean {
	const keyword = status === 'unreachable' ? task.ignoreUnreachable : task.ignoreErrors;
	try {
		return keyword !== undefined && booleanOf('ignore_errors', vars.render(keyword));
	} catch {
		// A failure is not ignored on the word of a keyword that cannot be read.
		return false;
	}
}
