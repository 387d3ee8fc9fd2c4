import { TaskFailed } from '../errors.ts';
import type { TaskNode } from '../playbook/types.ts';
import type { Vars } from '../vars/vars.ts';

/** The items of a loop. @throws TaskFailed when it is no list */
export function loopValues(value: unknown): readonly unknown[] {
	if (Array.isArray(value)) {
		return value;
	}

	throw new TaskFailed(
		`loop needs a list, not ${typeof value === 'object' ? 'a map' : JSON.stringify(value)}`,
		{ hint: 'for a map, write loop: !cel "entries(NAME)": each item has key and value' },
	);
}

/**
 * The condition that says no whatever the item is. As in Ansible it is asked where the list of a loop cannot be had:
 * what stands on a task that was skipped is of no use to one that is skipped, too.
 */
export function refusingAnyItem(when: TaskNode['when'], vars: Vars): TaskNode['when'][number] | undefined {
	try {
		return when.find((condition) => !vars.test(condition));
	} catch {
		return undefined;
	}
}
