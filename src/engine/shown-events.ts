import type { Redactor } from '../shell/secret.ts';
import type { HostResult, ItemResult, RunEvent } from './events.ts';

/** Characters of outputs that reports may have to keep for one task, on all hosts together. */
const forAll = 32 * 1024 * 1024;
const [least, most] = [64 * 1024, 1024 * 1024];

/**
 * The event as reports get it, in a run on so many hosts: secrets are out of every text, and of a long output there are
 * the beginning, the end, and a line that says how much is between them. What is registered is whole all the same.
 */
export function shownEvents(redactor: Redactor, hosts: number): (event: RunEvent) => RunEvent {
	const longest = Math.max(least, Math.min(most, Math.floor(forAll / Math.max(1, hosts))));
	const cutItem = <Item extends ItemResult>(item: Item): Item =>
		item.output === undefined
			? item
			: {
					...item,
					output: {
						...item.output,
						stdout: cut(item.output.stdout, longest),
						stderr: cut(item.output.stderr, longest),
					},
				};
	// One after the other, so that there is never more than one long text; and cut last, since nobody knows half a secret.
	const shown = ({ items, ...own }: HostResult): HostResult => ({
		...cutItem(redactor.value(own)),
		items: items.map((item) => cutItem(redactor.value(item))),
	});
	return (event) => {
		switch (event.kind) {
			case 'host-end':
				return { ...event, task: redactor.value(event.task), result: shown(event.result) };
			case 'task-end':
				return { ...event, task: redactor.value(event.task), results: event.results.map(shown) };
			default:
				return redactor.value(event);
		}
	};
}

function cut(text: string, longest: number): string {
	if (text.length <= longest) {
		return text;
	}

	const half = Math.floor(longest / 2);
	const missing = text.length - 2 * half;
	// A copy, since a slice keeps all of the text that it is of.
	return Buffer.from(
		`${text.slice(0, half)}\n[${missing} characters are not shown; a registered result has them]\n${text.slice(-half)}`,
	).toString();
}
