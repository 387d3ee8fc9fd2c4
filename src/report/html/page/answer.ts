import type { Answer, ItemAnswer } from '../data.ts';
import { element } from './element.ts';
import { isBad, type Run, wordsFor } from './run.ts';

/** What an answer needs beyond its status: message, remedy, commands, what was said, what changed. */
export function answerBody(answer: Answer, run: Run): readonly Node[] {
	const { message, hint, tries, steps = [], code, stdout, stderr, change, items = [] } = answer;
	const said = (name: string, text: string | undefined) =>
		text === undefined
			? []
			: [element('p', { class: 'label' }, name), element('pre', { class: 'said', tabindex: 0 }, text)];
	const shown = items.filter(({ answer: item }) => !isQuiet(item));
	return [
		...(message === undefined
			? []
			: [element('p', { class: isBad(answer) ? 'message bad' : 'message' }, message)]),
		...(hint === undefined ? [] : [remedy(hint)]),
		...(tries === undefined ? [] : [element('p', { class: 'quiet' }, `Tried ${tries} times.`)]),
		...(answer.arguments === undefined ? [] : [element('pre', { class: 'quiet' }, answer.arguments)]),
		...(steps.length === 0 ? [] : [commands(steps)]),
		// Usually the message has said it.
		...(code === undefined || message?.includes(`code ${code}`)
			? []
			: [element('p', { class: 'quiet' }, `Ended with code ${code}.`)]),
		...said('stderr', stderr),
		...said('stdout', stdout),
		...(change === undefined ? [] : [element('pre', { class: 'change', tabindex: 0 }, ...painted(change))]),
		...(shown.length === 0
			? []
			: [element('ul', { class: 'items' }, ...shown.map((item) => itemOf(item, run)))]),
		...quietItems(
			items.filter(({ answer: item }) => isQuiet(item)),
			run,
		),
	];
}

/** What to do next, so that it is seen first. */
export const remedy = (hint: string): HTMLElement =>
	element('div', { class: 'remedy' }, element('strong', {}, 'What to do: '), hint);

// As in the terminal: what was fine and has nothing to say is only counted.
const isQuiet = ({ status, message, change }: Answer): boolean =>
	status === 'skipped' || (status === 'ok' && message === undefined && change === undefined);

function quietItems(items: readonly ItemAnswer[], run: Run): readonly Node[] {
	const parts = (['ok', 'skipped'] as const).flatMap((status) => {
		const labels = items.filter(({ answer }) => answer.status === status).flatMap((item) => item.labels);
		return labels.length === 0 ? [] : [`${labels.length} ${wordsFor(run, status).word}`];
	});
	return parts.length === 0 ? [] : [element('p', { class: 'quiet' }, `Items: ${parts.join(', ')}`)];
}

const commands = (steps: readonly string[]): HTMLElement =>
	element(
		'pre',
		{ class: 'steps', tabindex: 0 },
		steps
			.map((step) => step.trimEnd().split('\n').join('\n> '))
			.map((step) => `$ ${step}`)
			.join('\n'),
	);

const itemOf = ({ labels, answer }: ItemAnswer, run: Run): HTMLElement =>
	element(
		'li',
		{},
		element('span', { class: `status ${answer.status}` }, wordsFor(run, answer.status).word),
		` ${labels.length > 12 ? `${labels.slice(0, 12).join(', ')} … ${labels.length - 12} more` : labels.join(', ')}`,
		...answerBody(answer, run),
	);

const colours: Readonly<Record<string, string>> = {
	31: 'removed',
	32: 'added',
	36: 'hunk',
	1: 'name',
	2: 'quiet',
};

/** The colours of a terminal as those of the page. */
function painted(text: string): readonly Node[] {
	// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the colours
	const parts = text.split(/\u001B\[(\d+)m/);
	const nodes: Node[] = [];
	let colour: string | undefined;
	for (const [index, part] of parts.entries()) {
		if (index % 2 === 1) {
			colour = colours[part];
		} else if (part !== '') {
			nodes.push(
				colour === undefined
					? document.createTextNode(part)
					: element(markFor(colour), { class: colour }, part),
			);
		}
	}

	return nodes;
}

// For those who do not see colours.
const markFor = (colour: string): 'del' | 'ins' | 'span' =>
	colour === 'removed' ? 'del' : colour === 'added' ? 'ins' : 'span';

/** All that can be searched of an answer, in small letters. */
export function textOf(answer: Answer): string {
	const known = texts.get(answer);
	if (known !== undefined) {
		return known;
	}

	const { message, hint, steps = [], stdout, stderr, change, items = [] } = answer;
	const text = [
		...[message, hint, answer.arguments, ...steps, stdout, stderr, change],
		...items.flatMap((item) => [...item.labels, textOf(item.answer)]),
	]
		.filter((part) => part !== undefined)
		.join('\n')
		.toLowerCase();
	texts.set(answer, text);
	return text;
}

const texts = new WeakMap<Answer, string>();
