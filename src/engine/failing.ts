import type { TaskNode } from '../playbook/types.ts';
import type { HostRun } from './host.ts';
import type { PlayRun } from './run-context.ts';
import { booleanOf } from './task-settings.ts';
import { hostVars, taskVars } from './variables.ts';

/** any_errors_fatal and max_fail_percentage: one host's failure may be the end for all of the batch. */
export function afterFailures(run: PlayRun, task: TaskNode, hosts: readonly HostRun[]): void {
	const failed = hosts.filter(hasFailed);
	const [first] = failed;
	if (first === undefined) {
		return;
	}

	if (isFatal(run, task, first)) {
		stop(run, `${first.name} failed, and any_errors_fatal says that the play ends then`);
	}

	const { maxFailPercentage } = run.play;
	const share = (run.batch.filter(hasFailed).length / run.batch.length) * 100;
	if (maxFailPercentage !== undefined && share > maxFailPercentage) {
		stop(run, `${Math.round(share)} % of the hosts failed; max_fail_percentage is ${maxFailPercentage}`);
	}
}

export const hasFailed = ({ standing }: HostRun): boolean =>
	standing === 'failed' || standing === 'unreachable';

function isFatal(run: PlayRun, task: TaskNode, host: HostRun): boolean {
	if (task.anyErrorsFatal === undefined) {
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
