import { isMap } from '../vars/kinds.ts';
import { checkKeys } from './advice.ts';
import { checkText, checkValues, within } from './check-values.ts';
import { Fields, isComputed } from './fields.ts';
import type { LoopControl } from './types.ts';
import { loopFor } from './with-loops.ts';

/** What a task loops over: a list, or what will make one. */
export function readLoop(fields: Fields): unknown {
	const value = fields.value('loop');
	if (Array.isArray(value)) {
		checkValues(value, fields.problems);
		return value;
	}

	if (isComputed(value)) {
		checkText(value, fields.problems, (index) => within(fields.values, 'loop', index));
		return value;
	}

	if (fields.has('loop')) {
		const name = typeof value === 'string' && /^\w+$/.test(value) ? `write "{{${value}}}"` : undefined;
		fields.wrong('loop', 'a list', isMap(value) ? loopFor('with_dict', value) : name);
	}

	return undefined;
}

export function readLoopControl(fields: Fields): LoopControl {
	const control = new Fields(fields.record('loop_control') ?? {}, fields.problems);
	checkKeys(control, 'loop_control', ['loop_var', 'index_var', 'label', 'pause']);
	// Of with_items and the like it is said already what to write.
	const isLoop = fields.keys.some((key) => key === 'loop' || key.startsWith('with_'));
	if (fields.has('loop_control') && !isLoop) {
		fields.problems.error('"loop_control" needs a "loop"', {
			source: fields.source('loop_control', 'key'),
			hint: 'write loop: […] beside it, or leave it out',
		});
	}

	checkValues({ label: control.value('label') }, fields.problems, control.source('label'));
	return {
		loopVar: control.variable('loop_var') ?? 'item',
		indexVar: control.variable('index_var'),
		label: control.value('label'),
		pause: control.number('pause'),
	};
}
