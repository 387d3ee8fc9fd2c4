import type { Answer, Column, Entry, RunEnd, ShownStatus, TaskAnswers, TaskWords } from '../data.ts';

/** Hosts that answered alike. */
export type Group = { readonly answer: Answer; readonly hosts: number[] };

export type Task = {
	readonly number: number;
	readonly play: Play;
	readonly words: TaskWords;
	readonly groups: Group[];
	/** The longest that a host took, in milliseconds. */
	took: number;
};

export type Play = {
	readonly name: string;
	/** Which part of the hosts, and how many; or why nothing was done. */
	readonly note: string;
	readonly tasks: Task[];
};

/** What a host did for a task: the task, and where in the columns of its answers the host stands. */
export type Deed = { readonly task: Task; readonly from: TaskAnswers; readonly index: number };

/** A task to which further hosts may come, with those that it has and what they answered. */
type Open = {
	readonly task: Task;
	readonly hosts: Set<number>;
	readonly told: Map<string, Group>;
};

/** The run as the page shows it. */
export type Run = {
	readonly start: Extract<Entry, { kind: 'start' }> | undefined;
	/** undefined: the run was ended before it could tell its end, or goes on. */
	readonly end: RunEnd | undefined;
	readonly hosts: readonly string[];
	readonly plays: readonly Play[];
	readonly tasks: readonly Task[];
	/** By host. */
	readonly deeds: readonly (readonly Deed[])[];
	readonly statuses: readonly ReadonlySet<ShownStatus>[];
	readonly warnings: readonly string[];
	/** Milliseconds. */
	readonly duration: number;
};

/** The number of a column for the host at a place. */
export const at = (column: Column, index: number): number =>
	typeof column === 'number' ? column : (column[index] ?? 0);

/** The data of this document. A block that was cut when the run was killed is left out. */
export function readEntries(): readonly Entry[] {
	return [...document.querySelectorAll('script[type="application/json"]')].flatMap((block) => {
		try {
			return JSON.parse(block.textContent ?? '') as readonly Entry[];
		} catch {
			return [];
		}
	});
}

export function runOf(entries: readonly Entry[]): Run {
	const hosts: string[] = [];
	const deeds: Deed[][] = [];
	const statuses: Set<ShownStatus>[] = [];
	const words: TaskWords[] = [];
	const plays: Play[] = [];
	const tasks: Task[] = [];
	const warnings: string[] = [];
	let latest = new Map<number, Open>();
	let longest = 0;

	const taskFor = (answers: TaskAnswers): Open => {
		const known = latest.get(answers.task);
		// With the free strategy hosts end a task one by one; an include in a loop does it again.
		if (known !== undefined && !answers.hosts.some((host) => known.hosts.has(host))) {
			return known;
		}

		const play = plays.at(-1) ?? { name: '', note: '', tasks: [] };
		if (plays.length === 0) {
			plays.push(play);
		}

		const fallback = { title: '(task)', module: '', place: undefined };
		const task = { number: tasks.length, play, words: words[answers.task] ?? fallback, groups: [], took: 0 };
		const open = { task, hosts: new Set<number>(), told: new Map<string, Group>() };
		latest.set(answers.task, open);
		play.tasks.push(task);
		tasks.push(task);
		return open;
	};

	const addAnswers = (from: TaskAnswers): void => {
		const { task, hosts: seen, told } = taskFor(from);
		const groups = from.answers.map((answer) => {
			const key = JSON.stringify(answer);
			const known = told.get(key);
			if (known !== undefined) {
				return known;
			}

			const group: Group = { answer, hosts: [] };
			told.set(key, group);
			task.groups.push(group);
			return group;
		});
		for (const [index, host] of from.hosts.entries()) {
			const group = groups[at(from.answer, index)];
			seen.add(host);
			if (group !== undefined) {
				group.hosts.push(host);
				deeds[host]?.push({ task, from, index });
				statuses[host]?.add(group.answer.status);
			}

			task.took = Math.max(task.took, at(from.took, index));
			longest = Math.max(longest, at(from.start, index) + at(from.took, index));
		}
	};

	for (const entry of entries) {
		switch (entry.kind) {
			case 'hosts':
				for (const name of entry.names) {
					hosts.push(name);
					deeds.push([]);
					statuses.push(new Set());
				}

				break;
			case 'play':
				latest = new Map();
				plays.push({
					name: entry.name,
					note: [entry.batch, `${entry.hosts} ${entry.hosts === 1 ? 'host' : 'hosts'}`]
						.filter((part) => part !== undefined)
						.join(' · '),
					tasks: [],
				});
				break;
			case 'play-skipped':
				plays.push({ name: entry.name, note: `skipped: ${entry.reason}`, tasks: [] });
				break;
			case 'task':
				words.push(entry);
				break;
			case 'answers':
				addAnswers(entry);
				break;
			case 'warning':
				warnings.push(entry.host === undefined ? entry.text : `${entry.host}: ${entry.text}`);
				break;
			case 'start':
			case 'end':
				break;
		}
	}

	const end = entries.find((entry) => entry.kind === 'end');
	const start = entries.find((entry) => entry.kind === 'start');
	const duration = Math.max(longest, (end?.duration ?? 0) * 1000);
	return { start, end, hosts, plays, tasks, deeds, statuses, warnings, duration };
}

export const isBad = ({ status, ignored }: Answer): boolean =>
	status === 'unreachable' || (status === 'failed' && !ignored);

/** The word and the mark of the terminal for a status. */
export const wordsFor = (run: Run, status: ShownStatus): { readonly mark: string; readonly word: string } =>
	run.start?.words[status] ?? { mark: '', word: status };
