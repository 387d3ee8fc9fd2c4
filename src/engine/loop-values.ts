import { TaskFailed } from '../errors.ts';

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
