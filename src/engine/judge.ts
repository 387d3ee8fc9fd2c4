import type { TaskNode } from '../playbook/types.ts';
import { Unknown } from '../vars/types.ts';
import { DependsOnUnknown, type Vars } from '../vars/vars.ts';
import type { Attempt } from './attempt.ts';
import type { ItemResult } from './events.ts';
import { extended } from './registered.ts';

/** By its author's word (`changed_when: false`) the task changes nothing, whatever it does. */
export const onlyLooks = ({ changedWhen }: TaskNode): boolean =>
	changedWhen?.every(({ text }) => text === false || text === 'false') ?? false;

/** Apply `changed_when` and `failed_when`. */
export function judge(task: TaskNode, vars: Vars, attempt: Attempt): Attempt {
	const { item, registered } = attempt;
	if (registered instanceof Unknown) {
		// A verb that by its author's word changes nothing is not an announced change.
		return item.status === 'would-run' && onlyLooks(task)
			? { ...attempt, item: { ...item, status: 'skipped', message: 'would run; changes nothing' } }
			: attempt;
	}

	if (item.status === 'unreachable') {
		return attempt;
	}

	const seen = withResult(task, vars, registered);
	const failed =
		task.failedWhen === undefined ? item.status === 'failed' : holds(task.failedWhen, seen, item, true);
	const changed =
		task.changedWhen === undefined ? registered.changed === true : holds(task.changedWhen, seen, item, false);
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
		registered: extended(registered, { failed, changed }),
	};
}

const failedWhenMessage = (task: TaskNode): string =>
	`failed_when: ${task.failedWhen?.map(({ text }) => String(text)).join(' and ') ?? ''}`;

const failureCleared = (item: ItemResult): string | undefined =>
	item.status === 'failed' ? undefined : item.message;

/**
 * Whether conditions about a result hold. One that has failed lacks the fields that a good one has: what a condition
 * cannot find there is no news, and would hide why it failed.
 * @param otherwise the answer for a failed result that they cannot be asked of
 */
export function holds(
	conditions: NonNullable<TaskNode['until']>,
	seen: Vars,
	{ status }: ItemResult,
	otherwise: boolean,
): boolean {
	try {
		return conditions.every((condition) => seen.test(condition));
	} catch (error) {
		if (status === 'failed' && !(error instanceof DependsOnUnknown)) {
			return otherwise;
		}

		throw error;
	}
}

/** The result under its own name and as `result`, for conditions about the task itself. */
export const withResult = (task: TaskNode, vars: Vars, registered: unknown): Vars =>
	vars.with({
		kind: 'magic',
		origin: 'the result of this task',
		values: { result: registered, ...(task.register === undefined ? {} : { [task.register]: registered }) },
		literal: true,
	});
