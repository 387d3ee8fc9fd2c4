import { controls } from './controls.ts';
import { count, duration, element } from './element.ts';
import { showFailures } from './failures.ts';
import { isFiltered, shownOf } from './filter.ts';
import { drawAll, showHosts } from './hosts.ts';
import { type Run, readEntries, runOf } from './run.ts';
import { showTasks } from './tasks.ts';

// The script of the page. It stands before the data, so that the page of a run that was killed works as well.
document.addEventListener('DOMContentLoaded', () => show(runOf(readEntries())));

function show(run: Run): void {
	const failures = element('section', { id: 'failures' });
	const hosts = element('section', { id: 'recap' });
	const tasks = element('section', { id: 'tasks' });
	const { bar, tell, choose } = controls(run, (filter) => {
		const shown = shownOf(run, filter);
		showFailures(failures, run, shown, choose);
		showHosts(hosts, run, shown, choose);
		showTasks(tasks, run, shown, choose);
		tell(
			isFiltered(filter)
				? `${count(shown.hosts.size, 'host')} and ${count(shown.tasks.length, 'task')} shown`
				: '',
		);
	});
	const shown = shownOf(run, { host: '', text: '', statuses: new Set() });
	document
		.querySelector('#report')
		?.replaceChildren(heading(run), bar, failures, ...warnings(run), hosts, tasks, foot(run));
	showFailures(failures, run, shown, choose);
	showHosts(hosts, run, shown, choose);
	showTasks(tasks, run, shown, choose);
	addEventListener('beforeprint', () => drawAll(run));
}

const unknownEnd = [
	'The run has not told its end: it was ended before it could, or it still goes on.',
	'Load this page again if it goes on. If not, run the same command again: what is done is found done.',
];

function heading({ start, end, hosts, duration: whole }: Run): HTMLElement {
	const [first = '', ...more] = end?.verdict ?? unknownEnd;
	const isFine = end?.exitCode === 0 || end?.exitCode === 3;
	const time = start === undefined ? undefined : new Date(start.time);
	document.title = `${isFine ? '✓' : '✗'} ${document.title}`;
	return element(
		'header',
		{},
		element('h1', {}, `${start?.check ? 'Check of' : 'Run of'} ${start?.playbook ?? '?'}`),
		element('p', { class: isFine ? 'verdict fine' : 'verdict bad' }, first),
		...more.map((line) => element('p', { class: 'next' }, line)),
		element(
			'p',
			{ class: 'quiet' },
			...(time === undefined
				? []
				: [element('time', { datetime: start?.time }, time.toLocaleString()), ' · ']),
			[
				count(hosts.length, 'host'),
				duration(whole),
				...(end === undefined ? [] : [`exit code ${end.exitCode}`]),
				`run ${start?.runId ?? '?'}`,
			].join(' · '),
		),
	);
}

const warnings = ({ warnings: all }: Run): readonly HTMLElement[] =>
	all.length === 0
		? []
		: [
				element(
					'details',
					{ id: 'warnings', open: all.length <= 5 },
					element('summary', {}, count(all.length, 'warning')),
					element('ul', {}, ...all.map((text) => element('li', {}, text))),
				),
			];

const foot = ({ start }: Run): HTMLElement =>
	element(
		'footer',
		{ class: 'quiet' },
		`Written by g2pbook ${start?.version ?? ''}. Secrets are dots. Keys: / searches, Escape shows all.`,
	);
