import type { HostResult, RunEvent, Spent, TaskInfo } from '../../engine/events.ts';
import type { Redactor } from '../../shell/secret.ts';
import type { Report, Write } from '../report.ts';
import { chalkFor, harmless, shortPath, type View } from '../style.ts';
import { visible } from '../visible.ts';
import { Answers } from './answer.ts';
import { Blocks } from './blocks.ts';
import { documentEnd, documentHead } from './document.ts';
import { column, endOf, foldAnswers, milliseconds, startOf, wordsOf } from './entries.ts';
import { Moments } from './moments.ts';
import { Numbers } from './numbers.ts';
import { OpenTasks } from './open-tasks.ts';

export type HtmlOptions = {
	readonly write: Write;
	readonly redactor: Redactor;
	readonly version: string;
	/** The number of `-v`. */
	readonly verbosity?: number;
	/** Seconds since some moment; undefined for a run that is over, whose events say nothing of when. */
	readonly clock?: (() => number) | undefined;
	/** Paths below it are shown relative to it. */
	readonly folder?: string;
	/** One task without a playbook, as `exec` does: what it prints is shown. */
	readonly oneTask?: boolean;
};

/**
 * The run as one page for a browser, with all that it needs. It is written as it happens: what was told is not kept,
 * and the page of a run that was killed tells what there was.
 */
export function htmlReport(options: HtmlOptions): Report {
	const { write, redactor, version, clock, folder, verbosity = 0, oneTask = false } = options;
	const filter = (text: string) => harmless(redactor.text(text));
	const blocks = new Blocks(write, clock);
	const moments = new Moments(clock);
	const open = new OpenTasks();
	const hosts = new Numbers();
	const tasks = new Numbers();
	let view: View = { chalk: chalkFor(true), verbosity, diff: true, check: false, folder, oneTask };
	let answers = new Answers(view);

	const numbersOf = (names: readonly string[]): readonly number[] => {
		const fresh = hosts.add(names);
		if (fresh.length > 0) {
			blocks.add({ kind: 'hosts', names: fresh }, fresh.length * 16);
		}

		return names.map((name) => hosts.of(name));
	};

	const addAnswers = (task: TaskInfo, given: readonly HostResult[], spent: Spent | undefined) => {
		const starts = moments.starts(task, given, spent);
		const shown = visible({ kind: 'task-end', task, results: given }, filter);
		if (shown.kind !== 'task-end' || given.length === 0) {
			return;
		}

		const { results } = shown;
		if (tasks.add([shown.task.id]).length > 0) {
			blocks.add({ kind: 'task', ...wordsOf(shown.task, view) });
		}

		const { characters, ...folded } = foldAnswers(results, answers);
		const times = (value: (result: HostResult) => unknown) =>
			column(results.map((result) => milliseconds(value(result))));
		blocks.add(
			{
				kind: 'answers',
				task: tasks.of(shown.task.id),
				...folded,
				hosts: numbersOf(results.map(({ host }) => host)),
				start: column(starts.map(milliseconds)),
				took: times(({ duration }) => duration),
				login: times(({ spent: own }) => own?.connecting),
				waited: times(({ spent: own }) => own?.waiting),
			},
			characters + given.length * 24,
		);
	};

	const begin = (event: Extract<RunEvent, { kind: 'run-start' }>) => {
		view = { ...view, check: event.check };
		answers = new Answers(view);
		moments.begin();
		write(documentHead(`g2pbook ${event.check ? 'check' : 'run'} ${shortPath(event.playbook, folder)}`));
		blocks.add(startOf(event, view, { version, measured: clock !== undefined }));
		numbersOf(event.hosts);
	};

	const tell = (event: RunEvent) => {
		switch (event.kind) {
			case 'run-start':
				begin(event);
				break;
			case 'play-start':
				blocks.add({ kind: 'play', name: event.play, batch: event.batch, hosts: event.hosts.length });
				break;
			case 'play-skipped':
				blocks.add({ kind: 'play-skipped', name: event.play, reason: event.reason });
				break;
			case 'warning':
				blocks.add({ kind: 'warning', text: event.text, host: event.host });
				break;
			case 'run-end':
				blocks.add(endOf(event, numbersOf(event.recap.map(({ host }) => host)), view));
				blocks.flush();
				write(documentEnd);
				break;
			default:
				break;
		}
	};

	return {
		event(event) {
			switch (event.kind) {
				case 'host-start':
				case 'host-progress':
				case 'task-start':
					break;
				case 'host-end':
					moments.ended(event.task, event.result.host);
					open.answered(event.task, event.result);
					break;
				case 'task-end':
					addAnswers(event.task, event.results, event.spent);
					open.told(event.task, event.results);
					break;
				case 'run-end':
					for (const { task, results } of open.left()) {
						addAnswers(task, results, undefined);
					}

					tell(visible(event, filter));
					break;
				default:
					tell(visible(event, filter));
			}
		},
	};
}
