import pLimit from 'p-limit';
import { BadInput } from '../errors.ts';
import type { MetaRequest } from '../module/contract.ts';
import { findModule } from '../modules/index.ts';
import type { TaskNode } from '../playbook/types.ts';
import type { HostResult, TaskInfo } from './events.ts';
import { afterFailures } from './failing.ts';
import { flushHandlers } from './flush-handlers.ts';
import type { HostRun } from './host.ts';
import type { TaskOutcome } from './item-outcome.ts';
import { lookAhead } from './look-ahead.ts';
import { Meter, spending } from './meter.ts';
import { recordOutcome } from './record.ts';
import type { PlayRun } from './run-context.ts';
import { forgetReads, playTarget } from './target-of-task.ts';
import { runTask } from './task.ts';
import { taskInfo } from './task-info.ts';
import { booleanOf, numberOf } from './task-settings.ts';
import { hostVars, taskVars } from './variables.ts';

/** Why no further batch is done: the playbook itself says so. */
export const endPlay = 'meta: end_play';

/** Do one task on all hosts that are still in the play, as many at a time as `forks` and `throttle` allow. */
export async function runTaskOnHosts(run: PlayRun, task: TaskNode, hosts: readonly HostRun[]): Promise<void> {
	const { context } = run;
	if (!context.plan.selects(task)) {
		return;
	}

	const active = hosts.filter(({ standing }) => standing === 'active');
	for (const host of hosts) {
		if (
			host.standing === 'failed' ||
			host.standing === 'unreachable' ||
			(host.standing === 'active' && context.options.interrupt.finishing)
		) {
			host.counts.notReached++;
		}
	}

	const first = active[0];
	if (first === undefined || context.options.interrupt.finishing) {
		return;
	}

	const once = isOnce(run, task, first);
	const known = once ? run.once.get(task.id) : undefined;
	const busy = known !== undefined ? [] : once ? [first] : active;
	const info = taskInfo(run, task, first, false);
	if (busy.length > 0 && !(await agreed(run, info))) {
		return;
	}

	const outcomes = await onHosts(run, task, info, busy);
	const shared = known ?? outcomes.get(first);
	if (once && shared !== undefined) {
		run.once.set(task.id, shared);
		for (const host of active.filter((other) => other !== first || known !== undefined)) {
			recordOutcome(run, task, host, { ...shared, result: { ...shared.result, host: host.name } }, 'shared');
		}

		tellStopped(run, task, shared.result, active);
	}

	await obey(run, outcomes, active);
	afterFailures(run, task, hosts);
}

/** Who has done nothing wrong and goes no further, because a task that is done once for all has failed. */
function tellStopped(
	{ context }: PlayRun,
	{ name }: TaskNode,
	{ host, status }: HostResult,
	active: readonly HostRun[],
): void {
	const stopped = active.filter((other) => other.name !== host && other.standing === status);
	if (stopped.length > 0) {
		context.emit({
			kind: 'warning',
			text: `"${name}" is done once for all hosts, and failed on ${host}: the others stop here too (${stopped.map((other) => other.name).join(', ')})`,
			host: undefined,
		});
	}
}

/** Do a task on exactly these hosts; results are told as they come and together at the end. */
export async function onHosts(
	run: PlayRun,
	task: TaskNode,
	info: TaskInfo,
	hosts: readonly HostRun[],
	adjust: (result: HostResult, host: HostRun) => HostResult = (result) => result,
): Promise<ReadonlyMap<HostRun, TaskOutcome>> {
	const { emit, limit } = run.context;
	const [first] = hosts;
	if (first === undefined) {
		return new Map();
	}

	emit({ kind: 'task-start', task: info, hosts: hosts.map(({ name }) => name) });
	const throttle = task.throttle === undefined ? undefined : throttleOf(run, task, first);
	const outcomes = new Map<HostRun, TaskOutcome>();
	const meter = new Meter();
	const spent = spending(() => meter.spent);
	await Promise.all(
		hosts.map((host) => {
			const work = async () => {
				emit({ kind: 'host-start', task: info, host: host.name });
				host.meter.start(meter);
				let isDone = false;
				void lookAhead(run, task, host, () => isDone);
				const outcome = await runTask(run, task, host);
				isDone = true;
				const result = { ...adjust(outcome.result, host), spent: host.meter.spent };
				outcomes.set(host, { ...outcome, result });
				recordOutcome(run, task, host, { ...outcome, result });
				emit({ kind: 'host-end', task: info, result });
			};
			return throttle === undefined ? limit(work) : throttle(() => limit(work));
		}),
	);
	const results = hosts.flatMap((host) => outcomes.get(host)?.result ?? []);
	emit({ kind: 'task-end', task: info, results, spent: spent() });
	return outcomes;
}

function isOnce(run: PlayRun, task: TaskNode, host: HostRun): boolean {
	const module = findModule(task.module);
	if (module?.kind === 'action' && module.once === true) {
		return true;
	}

	return (
		task.runOnce !== undefined &&
		booleanOf('run_once', taskVars(hostVars(run, host), task).render(task.runOnce))
	);
}

const throttleOf = (run: PlayRun, task: TaskNode, host: HostRun): ReturnType<typeof pLimit> =>
	pLimit(Math.max(1, numberOf('throttle', taskVars(hostVars(run, host), task).render(task.throttle))));

/** `--step`: what the person says to this task. */
async function agreed(run: PlayRun, info: TaskInfo): Promise<boolean> {
	const { context } = run;
	if (context.options.step === undefined || context.steppedOver) {
		return true;
	}

	const answer = await context.options.step(info);
	// A person who goes step by step may do something on the hosts between them.
	forgetReads(
		run,
		run.hosts.map(({ name }) => name),
	);
	context.steppedOver = answer === 'all';
	return answer !== 'no';
}

/** Carry out what `meta` asks for. */
async function obey(
	run: PlayRun,
	outcomes: ReadonlyMap<HostRun, TaskOutcome>,
	active: readonly HostRun[],
): Promise<void> {
	const asking = (request: MetaRequest): readonly HostRun[] =>
		[...outcomes]
			.filter(([, { effects }]) => effects.some(({ meta }) => meta === request))
			.map(([host]) => host);

	const flushing = asking('flush_handlers');
	if (flushing.length > 0) {
		await flushHandlers(run, flushing, 'notified', onHosts);
	}

	for (const host of asking('end_host')) {
		host.standing = 'ended';
	}

	if (asking('end_play').length > 0) {
		run.ended = endPlay;
		for (const host of active.filter(({ standing }) => standing === 'active')) {
			host.standing = 'ended';
		}
	}

	for (const host of asking('clear_facts')) {
		playTarget(run, host).forgetFacts();
		host.facts = undefined;
	}

	for (const host of asking('reset_connection')) {
		await playTarget(run, host).hangUp();
	}

	if (asking('refresh_inventory').length > 0) {
		if (run.context.options.refreshInventory === undefined) {
			throw new BadInput('meta: refresh_inventory cannot be used here: the inventory is not read from files');
		}

		run.context.inventory = await run.context.options.refreshInventory();
	}
}
