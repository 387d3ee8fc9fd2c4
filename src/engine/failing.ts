import type { TaskNode } from '../playbook/types.ts';
import type { HostRun } from './host.ts';
import type { PlayRun } from './run-context.ts';
import { booleanOf } from './task-settings.ts';
import { hostVars, taskVars } from './variables.ts';

/**
 * any_errors_fatal and max_fail_percentage: one host's failure may be the end for all of the batch.
 * @param task undefined: before the first one, when the hosts are met
 */
export function afterFailures(run: PlayRun, task: TaskNode | undefined, hosts: readonly HostRun[]): void {
	const failed = counting(run, hosts).filter(hasFailed);
	const [first] = failed;
	if (first === undefined) {
		return;
	}

	if (isFatal(run, task, first)) {
		stop(run, `${told(first)}, and any_errors_fatal says that the play ends then${wayOn(failed)}`);
	}

	const { maxFailPercentage } = run.play;
	const batch = counting(run, run.batch);
	const share = (batch.filter(hasFailed).length / batch.length) * 100;
	if (maxFailPercentage !== undefined && share > maxFailPercentage) {
		stop(
			run,
			`${Math.round(share)} % of the hosts failed; max_fail_percentage is ${maxFailPercentage}${wayOn(batch.filter(hasFailed))}`,
		);
	}
}

/** Why the play ends for all: the failures that count stay failures at the end of a batch. */
export const isOver = (run: PlayRun): boolean => counting(run, run.batch).some(hasFailed);

/** Whether none that counts is left. */
export function areAllFailed(run: PlayRun): boolean {
	const batch = counting(run, run.batch);
	return batch.length > 0 && batch.every(hasFailed);
}

/** Without those that `--ignore-unreachable` leaves out of the rest. */
const counting = ({ context }: PlayRun, hosts: readonly HostRun[]): readonly HostRun[] =>
	context.options.ignoreUnreachable ? hosts.filter(({ standing }) => standing !== 'unreachable') : hosts;

const hasFailed = ({ standing }: HostRun): boolean => standing === 'failed' || standing === 'unreachable';

const told = ({ name, standing }: HostRun): string =>
	standing === 'unreachable' ? `${name} cannot be reached` : `${name} failed`;

/** Where nothing but lost hosts is in the way, the person decides whether the others wait for them. */
function wayOn(failed: readonly HostRun[]): string {
	const names = failed.map(({ name }) => name);
	return failed.every(({ standing }) => standing === 'unreachable')
		? `. To go on with the other hosts: --ignore-unreachable, or --limit 'all:${names.map((name) => `!${name}`).join(':')}'`
		: '';
}

function isFatal(run: PlayRun, task: TaskNode | undefined, host: HostRun): boolean {
	if (task?.anyErrorsFatal === undefined) {
		return run.play.anyErrorsFatal;
	}

	return booleanOf('any_errors_fatal', taskVars(hostVars(run, host), task).render(task.anyErrorsFatal));
}

// A block may still rescue: the play is over for good only if the hosts are still failed at its end.
function stop(run: PlayRun, reason: string): void {
	const going = run.batch.filter(({ standing }) => standing === 'active');
	for (const host of going) {
		host.standing = 'failed';
		host.aborted = true;
	}

	if (run.ended === undefined) {
		run.ended = reason;
		run.context.emit({ kind: 'warning', text: `the play stops: ${reason}`, host: undefined });
	}
}
