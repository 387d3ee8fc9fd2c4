import { checkKeys } from './advice.ts';
import { checkText, within } from './check-values.ts';
import { idOf, type Scope } from './context.ts';
import type { Fields } from './fields.ts';
import { readTarget } from './imports.ts';
import { inherit, inherited, readKeywords } from './keywords.ts';
import { readLoop, readLoopControl } from './loop.ts';
import type { IncludeNode, Node } from './types.ts';
import { writtenAs } from './written.ts';

// What the tasks of an include inherit beyond keywords, for the moment when it is reached. A key of the node itself,
// so that copies of it have it too; a symbol, because it concerns nobody else.
const scopeKey: unique symbol = Symbol('scope');

/** Where an include stands; undefined for one that this loader did not make. */
export const scopeOf = (node: IncludeNode & { readonly [scopeKey]?: Scope }): Scope | undefined =>
	node[scopeKey];

const elsewhere = {
	register: 'write it at the tasks inside',
	notify: 'write it at the tasks inside',
	until: 'write it at the tasks inside',
	args: 'what the include says holds for its tasks: write the keywords beside it',
	listen: 'write it at the tasks inside',
};

/** `include_tasks` and `include_role`: resolved when reached. Everything that they say holds for their tasks. */
export function readInclude(
	fields: Fields,
	key: string,
	what: 'tasks' | 'role',
	scope: Scope,
): readonly Node[] {
	checkKeys(fields, key, [...inherited, 'name', 'loop', 'loop_control', key], elsewhere);
	const more = what === 'role' ? ['tasks_from'] : [];
	const { name: target, tasksFrom } = readTarget(fields, key, what === 'role' ? 'name' : 'file', more);
	if (target === undefined) {
		return [];
	}

	checkText(target, fields.problems, (index) => within(fields.values, key, index));
	const source = fields.source();
	const node: IncludeNode & { readonly [scopeKey]: Scope } = {
		...inherit(scope.keywords, readKeywords(fields, 'parameters', `${key} ${target}`), source),
		kind: 'include',
		id: idOf(source, scope.keywords.role, scope.context),
		name: fields.text('name') ?? `${key} ${target}`,
		what,
		target,
		tasksFrom,
		loop: readLoop(fields),
		loopControl: readLoopControl(fields),
		[scopeKey]: scope,
		...writtenAs(fields.values),
	};
	return [node];
}
