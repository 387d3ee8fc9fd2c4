import type { TaskNode } from '../playbook/types.ts';
import { Unknown } from '../vars/types.ts';
import type { Vars } from '../vars/vars.ts';
import type { Attempt } from './attempt.ts';
import type { ItemResult } from './events.ts';

/** Apply `changed_when` and `failed_when`. */
export function judge(task: TaskNode, vars: Vars, attempt: Attempt): Attempt {
	const { item, registered } = attempt;
	const literally = (conditions: TaskNode['changedWhen']): boolean =>
		conditions?.every(({ text }) => text === false || text === 'false') ?? false;
	if (registered instanceof Unknown) {
		// A verb that by its author's word changes nothing is not an announced change.
		return item.status === 'would-run' && literally(task.changedWhen)
			? { ...attempt, item: { ...item, status: 'skipped', message: 'would run; changes nothing' } }
			: attempt;
	}

	if (item.status === 'unreachable') {
		return attempt;
	}

	const seen = withResult(task, vars, registered);
	const failed =
		task.failedWhen === undefined
			? item.status === 'failed'
			: task.failedWhen.every((condition) => seen.test(condition));
	const changed =
		task.changedWhen === undefined
			? registered.changed === true
			: task.changedWhen.every((condition) => seen.test(condition));
	const status = failed ? 'failed' : changed ? 'changed' : 'ok';
	return {
		...attempt,
		item: {
			...item,
			status: item.status === 'might' ? 'might' : status,
			message:
				failed && item.status !== 'failed'
					? failedWhenMessage(task)
					: failed
						? item.message
						: failureCleared(item),
		},
		registered: { ...registered, failed, changed },
	};
}

const failedWhenMessage = (task: TaskNode): string =>
	`failed_when: ${task.failedWhen?.map(({ text }) => String(text)).join(' and ') ?? ''}`;

const failureCleared = (item: ItemResult): string | undefined =>
	item.status === 'failed' ? undefined : item.message;

/** The result under its own name and as `result`, for conditions about the task itself. */
export const withResult = (task: TaskNode, vars: Vars, registered: unknown): Vars =>
	vars.with({
		kind: 'magic',
		origin: 'the result of this task',
		values: { result: registered, ...(task.register === undefined ? {} : { [task.register]: registered }) },
		literal: true,
	});
