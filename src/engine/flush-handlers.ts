import type { TaskNode } from '../playbook/types.ts';
import type { HostResult, TaskInfo } from './events.ts';
import { asFailure } from './failure.ts';
import type { HostRun } from './host.ts';
import type { TaskOutcome } from './item-outcome.ts';
import { clear } from './notifying.ts';
import type { PlayRun } from './run-context.ts';
import { isFailure } from './task.ts';
import { taskInfo } from './task-info.ts';

type OnHosts = (
	run: PlayRun,
	task: TaskNode,
	info: TaskInfo,
	hosts: readonly HostRun[],
	adjust: (result: HostResult, host: HostRun) => HostResult,
) => Promise<ReadonlyMap<HostRun, TaskOutcome>>;

/**
 * Run the handlers that are due on these hosts, each once, in the order of their definition. Handlers may notify
 * others. What an earlier run left behind waits for the end of the tasks: they may be about to mend its reason.
 */
export async function flushHandlers(
	run: PlayRun,
	hosts: readonly HostRun[],
	which: 'notified' | 'left behind too',
	onHosts: OnHosts,
): Promise<void> {
	const { options } = run.context;
	const ran = new Set<string>();
	for (let again = true; again; ) {
		again = false;
		for (const handler of run.handlers.list) {
			const key = run.handlers.key(handler);
			const due = hosts.filter(
				(host) =>
					(host.standing === 'active' || (options.forceHandlers && host.standing === 'failed')) &&
					(host.notified.has(key) || (which === 'left behind too' && host.recorded.has(key))) &&
					!ran.has(`${host.name}\0${key}`),
			);
			const [first] = due;
			if (first === undefined || options.interrupt.finishing) {
				continue;
			}

			again = true;
			const sure = new Set(due.filter((host) => host.notified.get(key) !== 'might'));
			for (const host of due) {
				host.notified.delete(key);
				ran.add(`${host.name}\0${key}`);
			}

			const outcomes = await onHosts(
				run,
				handler,
				taskInfo(run, handler, first, true),
				due,
				(result, host) => (sure.has(host) ? result : unsure(result)),
			);
			for (const [host, { result }] of outcomes) {
				if (isFailure(result.status)) {
					host.notified.set(key, 'sure');
				} else if (options.check) {
					host.recorded.delete(key);
				} else {
					// The next run does it once more, which is better than not at all.
					await clear(run, host, [key]).catch((error: unknown) => {
						const text = `the note that "${handler.name}" has to run stays on the host: ${asFailure(error).message}`;
						run.context.emit({ kind: 'warning', text, host: host.name });
					});
				}
			}
		}
	}
}

/** A handler whose notification is uncertain is uncertain itself. */
const unsure = (result: HostResult): HostResult =>
	result.status === 'changed' || result.status === 'would-run'
		? { ...result, status: 'might', message: 'runs if what notifies it changes something' }
		: result;
