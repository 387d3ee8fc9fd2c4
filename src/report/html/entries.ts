import { place } from '../../diagnostics.ts';
import type { HostRecap, HostResult, RunEvent, TaskInfo } from '../../engine/events.ts';
import { recapColumns } from '../recap.ts';
import { mark, shortPath, type View, word } from '../style.ts';
import { title } from '../task.ts';
import { verdict } from '../verdict.ts';
import type { Answers } from './answer.ts';
import type { Answer, Column, Entry, RunEnd, ShownStatus, TaskWords } from './data.ts';

const shownStatuses: readonly ShownStatus[] = [
	'failed',
	'unreachable',
	'changed',
	'would-run',
	'might',
	'ok',
	'skipped',
];

/** How the run begins, and the words of the terminal for what a task can come to. */
export const startOf = (
	event: Extract<RunEvent, { kind: 'run-start' }>,
	{ folder, check }: View,
	{ version, measured }: { readonly version: string; readonly measured: boolean },
): Entry => ({
	kind: 'start',
	version,
	playbook: shortPath(event.playbook, folder),
	runId: event.runId,
	check,
	time: event.time,
	measured,
	words: Object.fromEntries(
		shownStatuses.map((status) => [status, { mark: mark[status], word: word(status, check) }]),
	) as Extract<Entry, { kind: 'start' }>['words'],
});

export const wordsOf = (task: TaskInfo, { folder }: View): TaskWords => ({
	title: title(task),
	module: task.module,
	// What came from the command line has no place that could be opened.
	place: task.source.file.startsWith('(')
		? undefined
		: place({ ...task.source, file: shortPath(task.source.file, folder) }),
});

/** The different answers, and which of them each result is. */
export function foldAnswers(
	results: readonly HostResult[],
	answers: Answers,
): { readonly answers: readonly Answer[]; readonly answer: Column; readonly characters: number } {
	// A diff is made once for all hosts where nothing differs.
	const byResult = new Map<string, number>();
	const byAnswer = new Map<string, number>();
	const told: Answer[] = [];
	const answer = results.map((result) => {
		const { host: _, duration: __, spent: ___, ...said } = result;
		const key = JSON.stringify(said, withSets);
		const known = byResult.get(key);
		if (known !== undefined) {
			return known;
		}

		const made = answers.of(result);
		const text = JSON.stringify(made);
		const number = byAnswer.get(text) ?? told.push(made) - 1;
		byAnswer.set(text, number);
		byResult.set(key, number);
		return number;
	});
	const characters = [...byAnswer.keys()].reduce((sum, { length }) => sum + length, 0);
	return { answers: told, answer: column(answer), characters };
}

const withSets = (_key: string, value: unknown): unknown => (value instanceof Set ? [...value] : value);

/** How the run ended; hosts by their numbers, in the order of the recap. */
export const endOf = (
	event: Extract<RunEvent, { kind: 'run-end' }>,
	hosts: readonly number[],
	{ check, oneTask }: View,
): RunEnd => ({
	kind: 'end',
	verdict: verdict({ ...event, check, oneTask, causes: 'below' }),
	duration: numberOf(event.duration),
	exitCode: event.exitCode,
	hosts,
	columns: recapColumns(event.recap, { check, verbosity: 0 }).map((each) => ({
		...each,
		values: column(each.values),
	})),
	waiting: at(event.recap, hosts, ({ pendingHandlers }) => pendingHandlers.length > 0).map(
		({ host, recap }) => ({ host, handlers: recap.pendingHandlers }),
	),
	bad: at(event.recap, hosts, ({ failed, unreachable }) => failed + unreachable > 0).map(({ host }) => host),
});

const at = (
	recap: readonly HostRecap[],
	hosts: readonly number[],
	wanted: (recap: HostRecap) => boolean,
): readonly { readonly host: number; readonly recap: HostRecap }[] =>
	recap.map((each, index) => ({ host: hosts[index] ?? 0, recap: each })).filter((each) => wanted(each.recap));

/** Seconds as whole milliseconds. */
export const milliseconds = (seconds: unknown): number => Math.round(numberOf(seconds) * 1000);

// The filter of secrets may have turned a number into dots.
const numberOf = (value: unknown): number =>
	typeof value === 'number' && Number.isFinite(value) ? value : 0;

/** What is the same for all is written once. */
export const column = (values: readonly number[]): Column => {
	const [first = 0] = values;
	return values.every((value) => value === first) ? first : values;
};
