import type { Diagnostics } from '../diagnostics.ts';
import { isMap } from '../vars/kinds.ts';
import { sourceOf } from '../yaml/positions.ts';
import { show, type Values } from './fields.ts';

/** The list of tasks that a file holds; an empty file holds none. */
export function taskList(content: unknown, file: string, problems: Diagnostics): readonly unknown[] {
	if (Array.isArray(content) || content === null || content === undefined) {
		return content ?? [];
	}

	problems.error(`a file of tasks holds a list, not ${show(content)}`, {
		source: placeIn(content, file),
		hint: isMap(content) ? 'begin each task with "- "' : 'write tasks such as "- command: uptime"',
	});
	return [];
}

/** The mapping that a file holds; an empty file holds an empty one. */
export function mapping(
	content: unknown,
	file: string,
	problems: Diagnostics,
	of: string,
): Values | undefined {
	if (isMap(content) || content === null || content === undefined) {
		return content ?? {};
	}

	problems.error(`a file of ${of} holds a mapping, not ${show(content)}`, { source: placeIn(content, file) });
	return undefined;
}

const placeIn = (content: unknown, file: string) =>
	(typeof content === 'object' && content !== null ? sourceOf(content) : undefined) ?? {
		file,
		line: 1,
		column: 1,
	};
