import type { ShownStatus } from '../data.ts';
import { answerBody } from './answer.ts';
import { count, duration, element, inPortions } from './element.ts';
import type { Shown } from './filter.ts';
import { hostList } from './host-list.ts';
import { type Group, type Play, type Run, type Task, wordsFor } from './run.ts';

type TaskShown = Shown['tasks'][number];
/** A heading, a task, or tasks in a row that every host skipped. */
type Line =
	| { readonly play: Play }
	| { readonly shown: TaskShown }
	| { readonly skipped: readonly TaskShown[] };

// From the worst to the calmest, which gives a task its mark.
const order: readonly ShownStatus[] = [
	'failed',
	'unreachable',
	'changed',
	'would-run',
	'might',
	'ok',
	'skipped',
];

const open = new Set<number>();

/** Tasks as in the terminal: a line each, hosts that answered alike told once. What is said is made when it is opened. */
export function showTasks(
	section: HTMLElement,
	run: Run,
	shown: Shown,
	choose: (host: string) => void,
): void {
	const list = element('div', { class: 'tasks' });
	const isWhole = shown.tasks.length === run.tasks.length;
	inPortions(
		list,
		linesOf(run, shown, isWhole),
		(line) =>
			'play' in line
				? element('h3', {}, line.play.name, element('span', { class: 'quiet' }, `  ${line.play.note}`))
				: 'shown' in line
					? detailsOf(line.shown, run, choose)
					: element(
							'details',
							{ class: 'task' },
							element('summary', { class: 'quiet' }, `- ${count(line.skipped.length, 'task')} skipped`),
							...line.skipped.map((each) => detailsOf(each, run, choose)),
						),
		{ size: 500, noun: 'lines' },
	);
	section.replaceChildren(
		element(
			'h2',
			{},
			`Tasks: ${isWhole ? run.tasks.length : `${shown.tasks.length} of ${run.tasks.length}`}`,
		),
		list,
	);
}

function linesOf(run: Run, { tasks }: Shown, isWhole: boolean): readonly Line[] {
	const byPlay = new Map<Play, TaskShown[]>(run.plays.map((play) => [play, []]));
	for (const each of tasks) {
		byPlay.get(each.task.play)?.push(each);
	}

	return [...byPlay].flatMap(([play, here]) =>
		here.length === 0 && !(isWhole && play.tasks.length === 0) ? [] : [{ play }, ...folded(here)],
	);
}

function folded(tasks: readonly TaskShown[]): readonly Line[] {
	const lines: Line[] = [];
	let skipped: TaskShown[] = [];
	const tell = () => {
		lines.push(...(skipped.length > 1 ? [{ skipped }] : skipped.map((shown) => ({ shown }))));
		skipped = [];
	};
	for (const shown of tasks) {
		if (shown.groups.every(({ answer }) => answer.status === 'skipped')) {
			skipped.push(shown);
		} else {
			tell();
			lines.push({ shown });
		}
	}

	tell();
	return lines;
}

function detailsOf({ task, groups }: TaskShown, run: Run, choose: (host: string) => void): HTMLElement {
	const details = element(
		'details',
		{ class: 'task', 'data-task': task.number, open: open.has(task.number) },
		summaryOf(task, groups, run),
	);
	const fill = () => {
		if (details.open && details.childElementCount === 1) {
			details.append(...bodyOf(task, groups, run, choose));
		}
	};
	details.addEventListener('toggle', () => {
		open[details.open ? 'add' : 'delete'](task.number);
		fill();
	});
	fill();
	return details;
}

function summaryOf(task: Task, groups: readonly Group[], run: Run): HTMLElement {
	const present = order.filter((status) => groups.some(({ answer }) => answer.status === status));
	const worst = present[0] ?? 'ok';
	return element(
		'summary',
		{},
		element('span', { class: `status ${worst}`, 'aria-hidden': 'true' }, wordsFor(run, worst).mark),
		` ${task.words.title} `,
		...present
			.toReversed()
			.flatMap((status) => [
				element('span', { class: `status ${status}` }, partOf(status, groups, run)),
				' ',
			]),
		task.took >= 1000 ? element('span', { class: 'quiet' }, duration(task.took)) : undefined,
	);
}

// Whoever changed or failed is named; the many that are fine are only counted.
function partOf(status: ShownStatus, groups: readonly Group[], run: Run): string {
	const here = groups.filter(({ answer }) => answer.status === status);
	const hosts = here.flatMap((group) => group.hosts);
	const ignored = here
		.filter(({ answer }) => answer.ignored)
		.reduce((sum, group) => sum + group.hosts.length, 0);
	const names = hosts.slice(0, 6).map((host) => run.hosts[host] ?? '');
	const list = `${names.join(' ')}${hosts.length > names.length ? ` … ${hosts.length - names.length} more` : ''}`;
	const note = ignored === 0 ? '' : ignored === hosts.length ? ' (ignored)' : ` (${ignored} ignored)`;
	return `${wordsFor(run, status).word} ${hosts.length}${status === 'ok' || status === 'skipped' ? '' : ` [${list}]`}${note}`;
}

function bodyOf(
	task: Task,
	groups: readonly Group[],
	run: Run,
	choose: (host: string) => void,
): readonly HTMLElement[] {
	const sorted = groups.toSorted(
		(one, other) => order.indexOf(one.answer.status) - order.indexOf(other.answer.status),
	);
	const list = element('div', {});
	inPortions(
		list,
		sorted,
		({ answer, hosts }) =>
			element(
				'div',
				{ class: 'group' },
				element(
					'div',
					{ class: 'who' },
					element('span', { class: `status ${answer.status}` }, wordsFor(run, answer.status).word),
					hostList(hosts, run, choose),
				),
				...(answer.delegatedTo === undefined
					? []
					: [element('p', { class: 'quiet' }, `done on ${answer.delegatedTo}`)]),
				...answerBody(answer, run),
			),
		{ size: 50, noun: 'answers' },
	);
	const where = [task.words.module, task.words.place].filter((part) => part !== undefined).join(', ');
	return [list, element('p', { class: 'quiet' }, where)];
}
