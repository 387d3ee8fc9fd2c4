import { count, duration, element, inPortions } from './element.ts';
import type { Shown } from './filter.ts';
import { hostButton } from './host-list.ts';
import { at, type Run } from './run.ts';
import { timeline } from './timeline.ts';

const drawn = new WeakSet<Element>();

/** The recap, worst hosts first, with the time line of each. */
export function showHosts(
	section: HTMLElement,
	run: Run,
	shown: Shown,
	choose: (host: string) => void,
): void {
	const columns = run.end?.columns ?? [];
	const rowOf = new Map((run.end?.hosts ?? []).map((host, row) => [host, row]));
	const rank = ranks(run);
	const hosts = [...shown.hosts].sort(
		(one, other) => rank(other) - rank(one) || collator.compare(run.hosts[one] ?? '', run.hosts[other] ?? ''),
	);
	const body = element('tbody', {});
	inPortions(
		body,
		hosts,
		(host) => {
			const row = rowOf.get(host);
			const cells = columns.map(({ colour, values }) => {
				const number = row === undefined ? 0 : at(values, row);
				return element('td', { class: number === 0 ? 'none' : (colour ?? '') }, String(number));
			});
			const line = element('td', { class: 'line', 'data-host': host });
			watch(line, run);
			return element(
				'tr',
				{},
				element('th', { scope: 'row' }, hostButton(run.hosts[host] ?? '', choose)),
				...cells,
				line,
			);
		},
		{ size: 1000, noun: 'hosts' },
	);
	section.replaceChildren(
		element(
			'h2',
			{},
			`Hosts: ${hosts.length === run.hosts.length ? hosts.length : `${hosts.length} of ${run.hosts.length}`}`,
		),
		legend(run),
		element(
			'div',
			{ class: 'wide' },
			element(
				'table',
				{},
				element('caption', {}, 'What was done on each host, and what it waited for'),
				element(
					'thead',
					{},
					element(
						'tr',
						{},
						element('th', { scope: 'col' }, 'host'),
						...columns.map(({ title }) => element('th', { scope: 'col' }, title)),
						element('th', { scope: 'col', class: 'axis' }, scale(run)),
					),
				),
				body,
			),
		),
		...waiting(run, shown),
	);
}

const collator = new Intl.Collator('en', { numeric: true });

/** What needs somebody comes first. */
function ranks({ end, statuses }: Run): (host: number) => number {
	const bad = new Set(end?.bad);
	const isBad = (host: number): boolean =>
		end === undefined
			? statuses[host]?.has('failed') === true || statuses[host]?.has('unreachable') === true
			: bad.has(host);
	return (host) => (isBad(host) ? 2 : statuses[host]?.has('changed') ? 1 : 0);
}

const scale = ({ duration: whole }: Run): HTMLElement =>
	element(
		'span',
		{},
		...[0, 0.25, 0.5, 0.75, 1].map((part) => element('span', {}, part === 0 ? '0' : duration(whole * part))),
	);

const legend = (run: Run): HTMLElement =>
	element(
		'p',
		{ class: 'legend' },
		...(['login', 'waited', 'controller', 'bad'] as const).flatMap((kind) => [
			element('span', { class: `key ${kind}`, 'aria-hidden': 'true' }),
			`${legendWords[kind]}  `,
		]),
		'blank: waiting for other hosts, or nothing to do',
		run.start?.measured === false ? '. Times are not known: tasks stand one after the other.' : '.',
	);

const legendWords = {
	login: 'logging in',
	waited: 'waiting for the host',
	controller: 'the controller at work',
	bad: 'failed here',
};

const waiting = ({ end, hosts }: Run, shown: Shown): readonly HTMLElement[] => {
	const here = (end?.waiting ?? []).filter(({ host }) => shown.hosts.has(host));
	return here.length === 0
		? []
		: [
				element(
					'details',
					{},
					element('summary', {}, `Notified, not yet run: handlers on ${count(here.length, 'host')}`),
					element(
						'ul',
						{},
						...here.map(({ host, handlers }) => element('li', {}, `${hosts[host]}: ${handlers.join(', ')}`)),
					),
				),
			];
};

let observer: IntersectionObserver | undefined;

/** A line is drawn when it comes into view: a thousand at once would keep the person waiting. */
function watch(cell: HTMLElement, run: Run): void {
	observer ??= new IntersectionObserver(
		(entries) => {
			for (const { isIntersecting, target } of entries) {
				if (isIntersecting) {
					draw(target, run);
				}
			}
		},
		{ rootMargin: '400px' },
	);
	observer.observe(cell);
}

function draw(cell: Element, run: Run): void {
	if (!drawn.has(cell)) {
		drawn.add(cell);
		cell.append(timeline(Number(cell.getAttribute('data-host')), run));
	}

	observer?.unobserve(cell);
}

/** On paper nothing comes into view later. */
export function drawAll(run: Run): void {
	for (const cell of document.querySelectorAll('td.line')) {
		draw(cell, run);
	}
}
