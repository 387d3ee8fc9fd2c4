import { type Diagnostics, didYouMean } from '../diagnostics.ts';
import { isTemplate } from '../playbook/fields.ts';
import type { Play, TaskNode } from '../playbook/types.ts';
import { placeOf } from '../playbook/written.ts';
import { inYaml } from '../playbook/yaml-text.ts';
import { handlersOf, hasUnknown, leavesOf, type Previews } from './walk.ts';

/** Notifications that reach nobody, and with `thorough` handlers that nobody notifies. */
export function lintHandlers(
	play: Play,
	previews: Previews,
	problems: Diagnostics,
	{ thorough }: { readonly thorough: boolean },
): void {
	const handlers = [...handlersOf(play, previews)];
	const names = handlers.flatMap(namesOf);
	const notified: string[] = [];
	for (const leaf of [...leavesOf(play, previews), ...handlers]) {
		for (const name of leaf.kind === 'task' ? leaf.notify : []) {
			notified.push(name);
			if (!names.some((known) => fits(name, known)) && !hasUnknown(play, previews)) {
				const short = names.filter((known) => !known.includes(' : '));
				problems.error(`no handler is called "${name}"`, {
					source: placeOf(leaf, 'notify'),
					hint:
						didYouMean(name, short) ??
						(short.length === 0
							? 'this play has no handlers: write them below "handlers:"'
							: `the handlers of this play: ${[...new Set(short)].join(', ')}`),
				});
			}
		}
	}

	for (const handler of thorough && !hasUnknown(play, previews) ? handlers : []) {
		// Of a role whose other tasks are not here, the others may notify it.
		if (
			handler.role?.tasksFrom === undefined &&
			!namesOf(handler).some((known) => notified.some((name) => fits(name, known)))
		) {
			problems.warning(`nobody notifies the handler "${handler.name}"`, {
				source: handler.source,
				hint: `write notify: ${inYaml(handler.name)} at a task that changes something, or leave the handler out`,
			});
		}
	}
}

/** What `notify` may call a handler. */
const namesOf = ({ name, role, listen }: TaskNode): readonly string[] => [
	name,
	...(role === undefined ? [] : [`${role.name} : ${name}`]),
	...listen,
];

/** Two names that are the same, or may be once their templates are rendered. */
function fits(a: string, b: string): boolean {
	return a === b || (isTemplate(a) && pattern(a).test(b)) || (isTemplate(b) && pattern(b).test(a));
}

const pattern = (text: string): RegExp =>
	new RegExp(
		`^${text
			.split(/\{\{[^}]*\}\}/)
			.map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'))
			.join('.*')}$`,
	);
