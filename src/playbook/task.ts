import { findModule } from '../modules/index.ts';
import { shortName } from './actions.ts';
import { readArguments } from './arguments.ts';
import { conditions } from './conditions.ts';
import { idOf, type Scope } from './context.ts';
import type { Fields } from './fields.ts';
import { inherit, readKeywords } from './keywords.ts';
import { readLoop, readLoopControl } from './loop.ts';
import type { Node, TaskNode } from './types.ts';
import { writtenAs } from './written.ts';

/** Keywords of a task beside those that it inherits. */
export const taskKeywords = [
	'args',
	'changed_when',
	'creates',
	'delay',
	'failed_when',
	'listen',
	'loop',
	'loop_control',
	'name',
	'notify',
	'only_if',
	'register',
	'removes',
	'retries',
	'unless',
	'until',
] as const;

/** One task with one module. */
export function readTask(fields: Fields, key: string, scope: Scope): readonly Node[] {
	const { problems } = fields;
	const module = findModule(shortName(key));
	if (module === undefined) {
		return [];
	}

	const source = fields.source();
	const name = fields.text('name');
	const { args, guards } = readArguments(fields, key, module, scope.moduleDefaults[module.name]);
	const register = fields.variable('register');
	const until = conditions(fields, 'until');
	const retries = fields.number('retries');
	if (retries !== undefined && until === undefined) {
		problems.warning('"retries" does nothing without "until"', {
			source: fields.source('retries', 'key'),
			hint: `write until: "!${register ?? 'result'}.failed"${register === undefined ? ', with register: result' : ''}`,
		});
	}

	const task: TaskNode = {
		...inherit(scope.keywords, readKeywords(fields, 'task vars', `task "${name ?? module.name}"`), source),
		kind: 'task',
		id: idOf(source, scope.keywords.role, scope.context),
		name: name ?? module.name,
		module: module.name,
		args,
		loop: readLoop(fields),
		loopControl: readLoopControl(fields),
		register,
		notify: fields.texts('notify'),
		listen: fields.texts('listen'),
		changedWhen: conditions(fields, 'changed_when'),
		failedWhen: conditions(fields, 'failed_when'),
		until,
		retries,
		delay: fields.number('delay'),
		guards,
		...writtenAs(fields.values),
	};
	return [task];
}
