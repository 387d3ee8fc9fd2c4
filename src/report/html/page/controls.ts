import type { ShownStatus } from '../data.ts';
import { element } from './element.ts';
import { type Filter, isFiltered } from './filter.ts';
import { type Run, wordsFor } from './run.ts';

export type Controls = {
	readonly bar: HTMLElement;
	/** Say how much is left. */
	readonly tell: (words: string) => void;
	/** Show only this host. */
	readonly choose: (host: string) => void;
};

const order: readonly ShownStatus[] = [
	'failed',
	'unreachable',
	'changed',
	'would-run',
	'might',
	'ok',
	'skipped',
];

/** The bar that filters by host, status and text. `/` goes to it, Escape empties it. */
export function controls(run: Run, apply: (filter: Filter) => void): Controls {
	const present = order.filter((status) => run.statuses.some((statuses) => statuses.has(status)));
	const statuses = new Set<ShownStatus>();
	const host = element('input', {
		id: 'host',
		type: 'search',
		list: 'hosts',
		autocomplete: 'off',
		spellcheck: 'false',
	});
	const text = element('input', { id: 'text', type: 'search', autocomplete: 'off', spellcheck: 'false' });
	const left = element('output', { for: 'host text', 'aria-live': 'polite' });
	let timer: ReturnType<typeof setTimeout> | undefined;

	const clear = element('button', { type: 'button', id: 'clear', hidden: true }, 'Show all');
	const change = (): void => {
		const filter = { host: host.value, text: text.value.trim(), statuses };
		clear.hidden = !isFiltered(filter);
		apply(filter);
	};
	const soon = (): void => {
		clearTimeout(timer);
		timer = setTimeout(change, 120);
	};
	host.addEventListener('input', soon);
	text.addEventListener('input', soon);
	const buttons = present.map((status) => {
		const { mark, word } = wordsFor(run, status);
		const button = element(
			'button',
			{ type: 'button', class: `status ${status}`, 'aria-pressed': 'false', 'data-status': status },
			`${mark} ${word}`,
		);
		button.addEventListener('click', () => {
			const isOn = !statuses.has(status);
			statuses[isOn ? 'add' : 'delete'](status);
			button.setAttribute('aria-pressed', String(isOn));
			change();
		});
		return button;
	});
	const reset = (): void => {
		host.value = '';
		text.value = '';
		statuses.clear();
		for (const button of buttons) {
			button.setAttribute('aria-pressed', 'false');
		}

		change();
	};
	clear.addEventListener('click', reset);
	document.addEventListener('keydown', (event) => {
		if (event.key === '/' && !(event.target instanceof HTMLInputElement)) {
			event.preventDefault();
			text.focus();
		} else if (event.key === 'Escape') {
			reset();
		}
	});

	const bar = element(
		'form',
		{ class: 'filter', role: 'search', 'aria-label': 'Filter', onsubmit: (event) => event.preventDefault() },
		element('label', { for: 'host' }, 'Host'),
		host,
		element('datalist', { id: 'hosts' }, ...run.hosts.map((name) => element('option', { value: name }))),
		element(
			'label',
			{ for: 'text', title: 'in titles, messages, commands, outputs and diffs; key: /' },
			'Text',
		),
		text,
		element('span', { role: 'group', 'aria-label': 'Status' }, ...buttons),
		clear,
		left,
	);
	return {
		bar,
		tell: (words) => {
			left.textContent = words;
		},
		choose: (name) => {
			host.value = name;
			change();
			host.focus();
		},
	};
}
