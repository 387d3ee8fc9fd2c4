import { element } from './element.ts';
import type { Run } from './run.ts';

const most = 12;

/** Names of hosts, each a button that shows only that host; of many, how many more there are. */
export function hostList(hosts: readonly number[], run: Run, choose: (host: string) => void): HTMLElement {
	const list = element('p', { class: 'hosts' });
	const show = (from: number, limit: number): void => {
		for (const host of hosts.slice(from, limit)) {
			list.append(hostButton(run.hosts[host] ?? '', choose), ' ');
		}

		const rest = hosts.length - limit;
		if (rest > 0) {
			const more = element(
				'button',
				{
					type: 'button',
					class: 'more',
					onclick: () => {
						more.remove();
						show(limit, hosts.length);
					},
				},
				`… ${rest} more`,
			);
			list.append(more);
		}
	};
	show(0, most);
	return list;
}

export const hostButton = (name: string, choose: (host: string) => void): HTMLElement =>
	element(
		'button',
		{ type: 'button', class: 'host', title: `Show only ${name}`, onclick: () => choose(name) },
		name,
	);
