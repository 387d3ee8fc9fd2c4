import type { HostResult, RunEvent, Spent, TaskInfo } from '../engine/events.ts';
import { sum } from '../session/traffic.ts';
import type { SavedRun } from './saved-run.ts';

/** What the parts did at the same place of the playbook. */
type Unit =
	| {
			readonly key: string;
			readonly kind: 'task';
			readonly task: TaskInfo;
			readonly results: readonly HostResult[];
			readonly spent: Spent | undefined;
	  }
	| { readonly key: string; readonly kind: 'other'; readonly event: RunEvent };

/** A run cut into its plays and tasks. */
export function unitsOf({ events }: SavedRun): readonly Unit[] {
	const units: Unit[] = [];
	const open = new Map<string, HostResult[]>();
	const seen = new Map<string, number>();
	// Batches and loops of includes come by several times.
	const keyOf = (name: string): string => {
		const times = (seen.get(name) ?? 0) + 1;
		seen.set(name, times);
		return `${name} ${times}`;
	};
	const opened = (id: string): HostResult[] => {
		const results = open.get(id) ?? [];
		open.set(id, results);
		return results;
	};
	const close = (task: TaskInfo, spent: Spent | undefined): void => {
		const results = open.get(task.id) ?? [];
		open.delete(task.id);
		units.push({ key: keyOf(`task ${task.id}`), kind: 'task', task, results, spent });
	};

	const last = new Map<string, TaskInfo>();
	for (const event of events) {
		switch (event.kind) {
			case 'host-end':
				last.set(event.task.id, event.task);
				opened(event.task.id).push(event.result);
				break;
			case 'task-end':
				close(event.task, event.spent);
				break;
			case 'play-start':
			case 'play-skipped':
				units.push({ key: keyOf(`play ${event.play}`), kind: 'other', event });
				break;
			case 'warning':
				units.push({ key: `warning ${event.host ?? ''} ${event.text}`, kind: 'other', event });
				break;
			default:
				break;
		}
	}

	// Tasks that never got to their end.
	for (const task of [...last.values()].filter(({ id }) => open.has(id))) {
		close(task, undefined);
	}

	return units;
}

/** One sequence that keeps the order of each. */
export function mergeUnits(sequences: readonly (readonly Unit[])[]): readonly Unit[] {
	let merged: readonly Unit[] = [];
	for (const sequence of sequences) {
		const places = new Map(merged.map(({ key }, index) => [key, index]));
		const result: Unit[] = [];
		let taken = 0;
		for (const unit of sequence) {
			const place = places.get(unit.key);
			if (place === undefined || place < taken) {
				result.push(unit);
			} else {
				result.push(...merged.slice(taken, place), both(merged[place] ?? unit, unit));
				taken = place + 1;
			}
		}

		merged = [...result, ...merged.slice(taken)];
	}

	return merged;
}

function both(one: Unit, other: Unit): Unit {
	if (one.kind === 'task' && other.kind === 'task') {
		const spents = [one.spent, other.spent].flatMap((spent) => spent ?? []);
		return {
			...one,
			results: [...one.results, ...other.results],
			spent: spents.length === 0 ? undefined : together(spents),
		};
	}

	if (one.kind === 'task' || other.kind === 'task') {
		return one;
	}

	// A play that one part had no host for was done by another.
	if (one.event.kind === 'play-start' && other.event.kind === 'play-start') {
		return { ...one, event: { ...one.event, hosts: [...one.event.hosts, ...other.event.hosts] } };
	}

	return one.event.kind === 'play-skipped' ? other : one;
}

/** Side by side: the longest counts, and what each has sent. */
export const together = (spents: readonly Spent[]): Spent => ({
	duration: Math.max(...spents.map(({ duration }) => duration)),
	cpu: spents.reduce((total, { cpu }) => total + cpu, 0),
	traffic: sum(spents.map(({ traffic }) => traffic)),
});

/** As the engine would have told it. */
export function eventsOf(unit: Unit): readonly RunEvent[] {
	if (unit.kind === 'other') {
		return [unit.event];
	}

	const { task, results, spent } = unit;
	return [
		{ kind: 'task-start', task, hosts: results.map(({ host }) => host) },
		...results.map((result): RunEvent => ({ kind: 'host-end', task, result })),
		{ kind: 'task-end', task, results, ...(spent === undefined ? {} : { spent }) },
	];
}
