import type { Answer } from '../data.ts';
import { answerBody } from './answer.ts';
import { count, element, inPortions } from './element.ts';
import type { Shown } from './filter.ts';
import { hostList } from './host-list.ts';
import { type Group, isBad, type Run, type Task, wordsFor } from './run.ts';

type Failure = { readonly task: Task; readonly group: Group };

/** What needs somebody, first of all: each cause once, with its hosts and what to do. */
export function showFailures(
	section: HTMLElement,
	run: Run,
	shown: Shown,
	choose: (host: string) => void,
): void {
	// What a rescue has mended is no news; without an end nobody knows.
	const unmended = run.end === undefined ? undefined : new Set(run.end.bad);
	const failures: Failure[] = shown.tasks.flatMap(({ task, groups }) =>
		groups
			.filter(({ answer }) => isBad(answer))
			.map(({ answer, hosts }) => ({
				task,
				group: { answer, hosts: hosts.filter((host) => unmended?.has(host) ?? true) },
			}))
			.filter(({ group }) => group.hosts.length > 0),
	);
	section.hidden = failures.length === 0;
	const list = element('div', {});
	inPortions(list, failures, (failure) => article(failure, run, choose), { size: 20, noun: 'failures' });
	section.replaceChildren(element('h2', {}, `${count(failures.length, 'failure')}, and what to do`), list);
}

function article({ task, group }: Failure, run: Run, choose: (host: string) => void): HTMLElement {
	const { status } = group.answer;
	const { mark, word } = wordsFor(run, status);
	return element(
		'article',
		{ class: 'failure' },
		element(
			'h3',
			{},
			element('span', { class: `status ${status}` }, `${mark} ${word}`),
			` ${task.words.title}`,
		),
		hostList(group.hosts, run, choose),
		...answerBody(worst(group.answer), run),
		element(
			'p',
			{ class: 'quiet' },
			[task.words.place === undefined ? undefined : `at ${task.words.place}`, `play ${task.play.name}`]
				.filter((part) => part !== undefined)
				.join(', '),
		),
	);
}

// A loop fails by its items; the first of them says why.
function worst(answer: Answer): Answer {
	const item = answer.items?.find((each) => isBad(each.answer));
	return item === undefined
		? answer
		: { ...item.answer, message: `${item.labels.join(', ')}: ${item.answer.message ?? 'failed'}` };
}
