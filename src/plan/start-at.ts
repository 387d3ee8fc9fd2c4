import { type Diagnostics, didYouMean } from '../diagnostics.ts';
import type { Playbook } from '../playbook/types.ts';
import { leavesOf, type Previews } from './walk.ts';

/** What `--start-at-task` means. */
export type Start = {
	/** Id of the first task that is done; undefined: all are. */
	readonly id: string | undefined;
	/** Position of its play. */
	readonly play: number;
	/** Ids of the tasks and includes that are left out because they come before it. */
	readonly before: ReadonlySet<string>;
};

/** The first task with that name (`*` stands for anything) or id. None is a problem. */
export function findStart(
	wanted: string | undefined,
	playbook: Playbook,
	previews: Previews,
	problems: Diagnostics,
): Start {
	const before = new Set<string>();
	if (wanted === undefined) {
		return { id: undefined, play: 0, before };
	}

	const pattern = new RegExp(`^${wanted.split('*').map(literal).join('.*')}$`);
	const names = new Set<string>();
	for (const play of playbook.plays) {
		for (const leaf of leavesOf(play, previews)) {
			const title = leaf.role === undefined ? leaf.name : `${leaf.role.name} : ${leaf.name}`;
			if ([leaf.name, title, leaf.id].some((name) => name === wanted || pattern.test(name))) {
				return { id: leaf.id, play: play.index, before: withoutAround(before, leaf.id) };
			}

			names.add(leaf.name);
			before.add(leaf.id);
		}
	}

	problems.error(`no task is called "${wanted}"`, {
		hint: didYouMean(wanted, names) ?? '--list-tasks shows all of them',
	});
	return { id: undefined, play: 0, before: new Set() };
}

/** An include that holds the task has to be reached: its id is the beginning of the task's. */
const withoutAround = (before: ReadonlySet<string>, start: string): ReadonlySet<string> =>
	new Set([...before].filter((id) => !start.startsWith(`${id}/`)));

const literal = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
