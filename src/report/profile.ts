import type { HostResult, RunEvent, Spent, TaskInfo } from '../engine/events.ts';
import { sum } from '../session/traffic.ts';
import type { Redactor } from '../shell/secret.ts';
import type { Report, Write } from './report.ts';
import { count, harmless, indent } from './style.ts';
import { title } from './task.ts';
import { visible } from './visible.ts';

/** How many tasks are told. */
const most = 20;

type Row = { readonly title: string; readonly spent: Spent; readonly worst: HostResult | undefined };

/** At the end, the slowest tasks, what the slowest host of each waited for, and what the run took in all. */
export function profileReport(options: { readonly write: Write; readonly redactor: Redactor }): Report {
	const rows = new Map<string, Row>();
	const filter = (text: string) => harmless(options.redactor.text(text));
	return {
		event(event) {
			if (event.kind === 'task-end' && event.spent !== undefined) {
				const row = rowOf(event.task, event.spent, event.results, filter);
				const known = rows.get(event.task.id);
				// Batches, and hosts that go ahead of each other, do a task several times.
				rows.set(event.task.id, known === undefined ? row : joined(known, row));
			} else if (event.kind === 'run-end') {
				options.write(
					profileLines([...rows.values()], event)
						.join('\n')
						.concat('\n'),
				);
			}
		},
	};
}

function rowOf(
	task: TaskInfo,
	spent: Spent,
	results: readonly HostResult[],
	filter: (text: string) => string,
): Row {
	const worst = results.reduce<HostResult | undefined>(slower, undefined);
	const shown = visible({ kind: 'task-end', task, results: worst === undefined ? [] : [worst] }, filter);
	return shown.kind === 'task-end'
		? { title: title(shown.task), spent, worst: shown.results[0] }
		: { title: '', spent, worst: undefined };
}

const slower = (one: HostResult | undefined, other: HostResult | undefined): HostResult | undefined =>
	(other?.duration ?? 0) > (one?.duration ?? -1) ? other : one;

const joined = (one: Row, other: Row): Row => ({
	title: one.title,
	spent: {
		duration: one.spent.duration + other.spent.duration,
		cpu: one.spent.cpu + other.spent.cpu,
		traffic: sum([one.spent.traffic, other.spent.traffic]),
	},
	worst: slower(one.worst, other.worst),
});

function profileLines(
	rows: readonly Row[],
	{ duration, spent, recap }: Extract<RunEvent, { kind: 'run-end' }>,
): string[] {
	const slowest = rows.toSorted((a, b) => b.spent.duration - a.spent.duration).slice(0, most);
	const left = rows.length - slowest.length;
	const tasks = rows.reduce((total, row) => total + row.spent.duration, 0);
	return [
		'',
		'Profile: the slowest tasks; what the slowest host of each waited for; what all hosts took together',
		...indent(table([heading, ...slowest.map(cells)])),
		...(left > 0 ? [`  … ${count(left, 'task')} more, all faster`] : []),
		...(spent === undefined
			? []
			: [
					`  ${time(duration)} in all, ${time(Math.max(0, duration - tasks))} of it between tasks and at the end`,
					`  controller: ${time(spent.cpu)} of its processors, ${time(spent.cpu / Math.max(1, recap.length))} per host`,
					`  hosts: ${totals(spent)}`,
				]),
	];
}

const totals = ({ traffic }: Spent): string =>
	[
		count(traffic.roundTrips, 'round trip'),
		`${count(traffic.processes, 'piece')} of work`,
		`${size(traffic.bytesSent)} sent`,
		`${size(traffic.bytesReceived)} received`,
		`${time(traffic.connecting)} logging in`,
		`${time(traffic.waiting)} waiting for answers`,
	].join(', ');

const heading: readonly string[] = [
	'wall',
	'slowest host',
	'of it login',
	'host',
	'controller',
	'cpu',
	'trips',
	'pieces',
	'sent',
	'received',
	'task',
];

function cells({ title, spent, worst }: Row): readonly string[] {
	const { duration = 0, spent: own = sum([]) } = worst ?? {};
	// They may overlap when two users of a host are talked to at the same time.
	const login = Math.min(own.connecting, duration);
	const host = Math.min(own.waiting, duration - login);
	const { traffic } = spent;
	return [
		time(spent.duration),
		worst === undefined ? '' : `${worst.host} ${time(duration)}`,
		...[login, host, duration - login - host, spent.cpu].map(time),
		String(traffic.roundTrips),
		String(traffic.processes),
		size(traffic.bytesSent),
		size(traffic.bytesReceived),
		title,
	];
}

/** Columns; all but the host and the task end at their right side. */
function table(rows: readonly (readonly string[])[]): string[] {
	const widths = heading.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
	return rows.map((row) =>
		row
			.map((cell, column) => {
				const width = widths[column] ?? 0;
				return heading[column] === 'slowest host' ? cell.padEnd(width) : cell.padStart(width);
			})
			.slice(0, -1)
			.concat(row.at(-1) ?? '')
			.join('  '),
	);
}

const time = (seconds: number): string =>
	seconds >= 1 ? `${seconds.toFixed(1)} s` : `${Math.round(seconds * 1000)} ms`;

function size(bytes: number): string {
	const [unit, divisor] = bytes >= 1e6 ? ['MB', 1e6] : bytes >= 1000 ? ['KB', 1000] : ['B', 1];
	return `${divisor === 1 ? bytes : (bytes / divisor).toFixed(1)} ${unit}`;
}
