import type { ShownStatus } from '../data.ts';
import { textOf } from './answer.ts';
import type { Group, Run, Task } from './run.ts';

export type Filter = {
	/** A name, a part of one, or a pattern with `*`. */
	readonly host: string;
	/** Empty: all. */
	readonly statuses: ReadonlySet<ShownStatus>;
	readonly text: string;
};

/** What is left of a run. */
export type Shown = {
	readonly hosts: ReadonlySet<number>;
	readonly tasks: readonly { readonly task: Task; readonly groups: readonly Group[] }[];
};

export const isFiltered = ({ host, statuses, text }: Filter): boolean =>
	host !== '' || statuses.size > 0 || text !== '';

/** Tasks with those answers and hosts that pass, and the hosts that have one. */
export function shownOf(run: Run, filter: Filter): Shown {
	const passes = hostFilter(run, filter.host);
	const wanted = new Set(run.hosts.flatMap((name, host) => (passes(name) ? [host] : [])));
	if (filter.statuses.size === 0 && filter.text === '') {
		return { hosts: wanted, tasks: run.tasks.flatMap((task) => within(task, task.groups, wanted)) };
	}

	const text = filter.text.toLowerCase();
	const named = new Set([...wanted].filter((host) => run.hosts[host]?.toLowerCase().includes(text) === true));
	const hosts = new Set<number>(filter.statuses.size === 0 ? named : []);
	const tasks = run.tasks.flatMap((task) => {
		const isTask = titleOf(task).includes(text);
		const shown = task.groups
			.filter(({ answer }) => filter.statuses.size === 0 || filter.statuses.has(answer.status))
			.flatMap((group) =>
				within(task, [group], isTask || textOf(group.answer).includes(text) ? wanted : named).flatMap(
					({ groups }) => groups,
				),
			);
		for (const host of shown.flatMap((group) => group.hosts)) {
			hosts.add(host);
		}

		return shown.length === 0 ? [] : [{ task, groups: shown }];
	});
	return { hosts, tasks };
}

const titleOf = ({ words, play }: Task): string =>
	`${words.title}\n${words.module}\n${words.place ?? ''}\n${play.name}`.toLowerCase();

function within(task: Task, groups: readonly Group[], hosts: ReadonlySet<number>): Shown['tasks'] {
	const left = groups.flatMap((group) => {
		const here = group.hosts.filter((host) => hosts.has(host));
		return here.length === 0 ? [] : [{ answer: group.answer, hosts: here }];
	});
	return left.length === 0 ? [] : [{ task, groups: left }];
}

function hostFilter({ hosts }: Run, text: string): (name: string) => boolean {
	const wanted = text.trim().toLowerCase();
	// web1 is that host, and not web10 too.
	if (hosts.some((name) => name.toLowerCase() === wanted)) {
		return (name) => name.toLowerCase() === wanted;
	}

	const parts = wanted.split('*').map((part) => part.replaceAll(/[\\^$.+?()[\]{}|/-]/g, '\\$&'));
	const pattern = new RegExp(parts.length === 1 ? (parts[0] ?? '') : `^${parts.join('.*')}$`);
	return (name) => pattern.test(name.toLowerCase());
}
