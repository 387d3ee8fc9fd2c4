import { withHost, withMember } from '../inventory/pattern.ts';
import type { TaskNode } from '../playbook/types.ts';
import { isMap } from '../vars/kinds.ts';
import type { HostResult } from './events.ts';
import { HostRun } from './host.ts';
import type { TaskOutcome } from './item-outcome.ts';
import type { PlayRun } from './run-context.ts';
import { isFailure } from './task.ts';

/** What a task's end on a host means for the rest of the play. `shared`: run_once did it on another host. */
export function recordOutcome(
	run: PlayRun,
	task: Pick<TaskNode, 'name' | 'module' | 'register'> & Partial<Pick<TaskNode, 'delegateFacts'>>,
	host: HostRun,
	outcome: TaskOutcome,
	whose: 'own' | 'shared' = 'own',
): void {
	const { result, registered, effects } = outcome;
	if (whose === 'own') {
		count(host, result);
	}

	if (task.register !== undefined && registered !== undefined) {
		host.remember({ [task.register]: registered });
	}

	if (isFailure(result.status) && !result.ignored) {
		host.standing = result.status === 'unreachable' ? 'unreachable' : 'failed';
		host.refused = task.module === 'fail' && hasRefused(registered);
		host.lastFailure = {
			failed_task: { name: task.name, module: task.module },
			failed_result: registered,
		};
	}

	const { context } = run;
	for (const { variables, addHost, joinGroups } of effects) {
		if (variables !== undefined) {
			knower(run, task, host, result).remember(variables);
		}

		if (addHost !== undefined) {
			context.inventory = withHost(context.inventory, addHost.name, addHost.groups, addHost.variables);
		}

		for (const group of joinGroups ?? []) {
			context.inventory = withMember(context.inventory, host.name, group);
		}
	}
}

const hasRefused = (registered: unknown): boolean => isMap(registered) && registered.refused === true;

/** Whose variables a task sets: those of the host that it was delegated to, with `delegate_facts`. */
function knower(
	{ context }: PlayRun,
	{ delegateFacts }: Partial<Pick<TaskNode, 'delegateFacts'>>,
	host: HostRun,
	{ delegatedTo }: HostResult,
): HostRun {
	if (delegatedTo === undefined || (delegateFacts !== true && delegateFacts !== 'true')) {
		return host;
	}

	const other = context.hosts.get(delegatedTo) ?? new HostRun(delegatedTo);
	context.hosts.set(delegatedTo, other);
	return other;
}

function count({ counts }: HostRun, { status, ignored }: HostResult): void {
	if (ignored) {
		counts.ignored++;
		return;
	}

	switch (status) {
		case 'would-run':
			counts.wouldRun++;
			return;
		case 'ok':
		case 'changed':
		case 'skipped':
		case 'failed':
		case 'unreachable':
		case 'might':
			counts[status]++;
	}
}
