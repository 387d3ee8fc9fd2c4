import type { HostRecap, HostResult, RunEvent, TaskInfo } from '../engine/events.ts';
import type { Redactor } from '../shell/secret.ts';
import { failureLines } from './failure.ts';
import { fold, names } from './fold.ts';
import { LiveLine } from './live-line.ts';
import { recapLines } from './recap.ts';
import type { Report, Write } from './report.ts';
import { SkippedTasks } from './skipped-tasks.ts';
import { chalkFor, count, harmless, indent, shortPath, type View } from './style.ts';
import { taskLines, title } from './task.ts';
import { verdict } from './verdict.ts';
import { visible } from './visible.ts';

export type HumanOptions = {
	readonly write: Write;
	readonly colour: boolean;
	/** The number of `-v`. */
	readonly verbosity: number;
	readonly diff: boolean;
	/** Draw a status line: only on a terminal. */
	readonly live: boolean;
	/** Columns of the terminal. */
	readonly width: () => number;
	readonly redactor: Redactor;
	/** Paths below it are shown relative to it. */
	readonly folder?: string;
	/** One task without a playbook, as `exec` does: what it prints is shown without `-vvv`, headings are not. */
	readonly oneTask?: boolean;
};

type Answers = { readonly task: TaskInfo; readonly results: HostResult[] };

/** The report for a person: lines appended, grouped by task, hosts that answered alike told once. */
export function humanReport(options: HumanOptions): Report {
	const { redactor, verbosity, diff } = options;
	const live = options.live ? new LiveLine(options.write, options.width) : undefined;
	const failures: Answers[] = [];
	const skipped = new SkippedTasks();
	// Hosts that are done with a task that is not at its end: told at the end of the run if it never gets there.
	const open = new Map<string, Answers>();
	let view: View = {
		chalk: chalkFor(options.colour),
		verbosity,
		diff,
		check: false,
		folder: options.folder,
		oneTask: options.oneTask ?? false,
	};
	const filter = (text: string) => harmless(redactor.text(text));

	const print = (lines: readonly string[]) => {
		live?.clear();
		options.write([...skipped.lines(view), ...lines].map((line) => `${line}\n`).join(''));
	};

	const printTask = (task: TaskInfo, results: readonly HostResult[]) => {
		if (results.length === 0) {
			return;
		}

		const lines = indent(taskLines(task, results, view));
		if (lines.length === 1 && verbosity === 0 && results.every(({ status }) => status === 'skipped')) {
			skipped.add(lines);
		} else {
			print(lines);
		}

		const bad = results.filter(isBad);
		if (bad.length > 0) {
			failures.push({ task, results: bad });
		}
	};

	// With the free strategy hosts end a task one by one.
	const close = (id: string, ended: readonly HostResult[]) => {
		const hosts = new Set(ended.map(({ host }) => host));
		const answers = open.get(id);
		const left = answers?.results.filter(({ host }) => !hosts.has(filter(host))) ?? [];
		if (answers === undefined || left.length === 0) {
			open.delete(id);
		} else {
			open.set(id, { ...answers, results: left });
		}
	};

	const remember = (task: TaskInfo, result: HostResult) => {
		const id = filter(task.id);
		const answers = open.get(id) ?? { task, results: [] };
		answers.results.push(result);
		open.set(id, answers);
	};

	const tell = (event: RunEvent) => {
		switch (event.kind) {
			case 'run-start':
				view = { ...view, check: event.check };
				print([firstLine(event, view)]);
				break;
			case 'play-start':
				if (!view.oneTask) {
					print(['', playLine(event, view)]);
				}

				break;
			case 'play-skipped':
				print(['', `${view.chalk.bold(event.play)}  ${view.chalk.dim(`skipped: ${event.reason}`)}`]);
				break;
			case 'task-start':
				break;
			case 'host-start':
				live?.begin(event.host, title(event.task));
				break;
			case 'host-progress':
				live?.progress(event.host, event.text);
				break;
			case 'host-end':
				// Thousands of these come by: nothing of them is shown before their task ends, so they are not filtered.
				live?.end(filter(event.result.host), isBad(event.result));
				remember(event.task, event.result);
				break;
			case 'task-end':
				close(event.task.id, event.results);
				live?.told();
				printTask(event.task, event.results);
				break;
			case 'warning':
				print([
					view.chalk.yellow(`  warning: ${event.host === undefined ? '' : `${event.host}: `}${event.text}`),
				]);
				break;
			case 'interrupted':
				print([
					view.chalk.yellow(
						event.how === 'finishing'
							? 'Interrupted: running steps are finished first. Ctrl-C again ends them at once.'
							: 'Interrupted again: running steps are being ended.',
					),
				]);
				break;
			case 'run-end': {
				live?.pause();
				for (const answers of open.values()) {
					// They are as they came; here they are filtered like any other.
					tell(visible({ kind: 'task-end', ...answers }, filter));
				}

				print(endLines(event, failures, view));
				break;
			}
		}
	};

	return {
		event(event) {
			if (event.kind === 'host-end') {
				tell(event);
			} else if (live !== undefined || !forLive.has(event.kind)) {
				tell(visible(event, filter));
			}
		},
		pause: () => live?.pause(),
		resume: () => live?.resume(),
	};
}

function firstLine(event: Extract<RunEvent, { kind: 'run-start' }>, view: View): string {
	// A playbook that no file holds has no name that would say anything.
	const playbook = event.playbook.startsWith('(') ? '' : ` ${shortPath(event.playbook, view.folder)}`;
	const run = view.verbosity >= 1 ? ` (run ${event.runId})` : '';
	return `${view.chalk.bold(`${event.check ? 'Checking' : 'Running'}${playbook}`)} on ${count(event.hosts.length, 'host')}${event.check ? ', changing nothing' : ''}${run}`;
}

function playLine(
	{ play, batch, hosts }: Extract<RunEvent, { kind: 'play-start' }>,
	{ chalk }: View,
): string {
	const parts = [
		...(batch === undefined ? [] : [batch]),
		hosts.length === 0 ? 'no host is left for it' : names(hosts),
	];
	return `${chalk.bold(play)}  ${chalk.dim(parts.join(' · '))}`;
}

const forLive: ReadonlySet<RunEvent['kind']> = new Set(['host-start', 'host-progress']);

const isBad = ({ status, ignored }: HostResult): boolean =>
	status === 'unreachable' || (status === 'failed' && !ignored);

function endLines(
	event: Extract<RunEvent, { kind: 'run-end' }>,
	failures: readonly Answers[],
	view: View,
): string[] {
	const { chalk } = view;
	const again = view.oneTask ? [] : repeated(event.recap, failures, view);
	const [first = '', ...more] = verdict({ ...event, check: view.check, oneTask: view.oneTask });
	const colour = event.exitCode === 0 || event.exitCode === 3 ? chalk.green : chalk.red;
	return [
		'',
		...(again.length === 0 ? [] : [chalk.bold('Failures'), ...indent(again), '']),
		...(event.recap.length === 0 || view.oneTask
			? []
			: [chalk.bold('Recap'), ...recapLines(event.recap, view), '']),
		colour(first),
		...more,
	];
}

/** The failures, once more, so that nobody has to scroll for them. */
function repeated(recap: readonly HostRecap[], failures: readonly Answers[], view: View): string[] {
	const { chalk } = view;
	// What a rescue has mended is no news at the end.
	const unmended = new Set(
		recap.filter(({ failed, unreachable }) => failed + unreachable > 0).map(({ host }) => host),
	);
	return failures.flatMap(({ task, results }) =>
		fold(
			results.filter(({ host }) => unmended.has(host)),
			(result) => failureLines(task, worstItem(result), view, 10),
		).flatMap(({ members, lines }) => [
			`${chalk.red('✗')} ${title(task)} [${names(members.map(({ host }) => host))}]`,
			...indent(lines),
		]),
	);
}

// A loop fails by its items; the first of them says why.
function worstItem(result: HostResult) {
	const item = result.items.find(({ status }) => status === 'failed' || status === 'unreachable');
	return item === undefined ? result : { ...result, ...item };
}
