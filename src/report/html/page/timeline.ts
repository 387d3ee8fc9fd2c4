import { duration } from './element.ts';
import { at, type Deed, isBad, type Run } from './run.ts';

const width = 1000;
const height = 10;
const space = 'http://www.w3.org/2000/svg';

type Kind = 'login' | 'waited' | 'controller' | 'bad';
type Piece = { readonly kind: Kind; readonly from: number; readonly to: number };

/** What a host waited for, along the time of the run. Where nothing is drawn, others were at work. */
export function timeline(host: number, run: Run): SVGSVGElement {
	const deeds = run.deeds[host] ?? [];
	const drawing = document.createElementNS(space, 'svg');
	drawing.setAttribute('viewBox', `0 0 ${width} ${height}`);
	drawing.setAttribute('preserveAspectRatio', 'none');
	drawing.setAttribute('role', 'img');
	drawing.setAttribute('aria-label', summaryOf(deeds, run));
	const title = document.createElementNS(space, 'title');
	title.textContent = summaryOf(deeds, run);
	drawing.append(title);
	const pieces = deeds.flatMap(piecesOf);
	for (const kind of ['controller', 'waited', 'login', 'bad'] as const) {
		const path = document.createElementNS(space, 'path');
		path.setAttribute('class', kind);
		path.setAttribute(
			'd',
			pathOf(
				pieces.filter((piece) => piece.kind === kind),
				run,
			),
		);
		drawing.append(path);
	}

	drawing.addEventListener('pointermove', ({ offsetX }) => {
		const moment = (offsetX / drawing.clientWidth) * run.duration;
		title.textContent = describe(nearest(deeds, moment)) ?? summaryOf(deeds, run);
	});
	return drawing;
}

const spanOf = ({ from, index }: Deed): { readonly start: number; readonly took: number } => ({
	start: at(from.start, index),
	took: at(from.took, index),
});

function partsOf(deed: Deed): { readonly login: number; readonly waited: number; readonly rest: number } {
	const { took } = spanOf(deed);
	// They may overlap when two users of a host are talked to at the same time.
	const login = Math.min(at(deed.from.login, deed.index), took);
	const waited = Math.min(at(deed.from.waited, deed.index), took - login);
	return { login, waited, rest: took - login - waited };
}

function piecesOf(deed: Deed): readonly Piece[] {
	const { start, took } = spanOf(deed);
	const { login, waited } = partsOf(deed);
	const answer = deed.from.answers[at(deed.from.answer, deed.index)];
	return [
		{ kind: 'login', from: start, to: start + login },
		{ kind: 'waited', from: start + login, to: start + login + waited },
		{ kind: 'controller', from: start + login + waited, to: start + took },
		...(answer !== undefined && isBad(answer)
			? [{ kind: 'bad' as const, from: start + took, to: start + took }]
			: []),
	];
}

/** Pieces that would lie in the same point of the drawing are drawn once. */
function pathOf(pieces: readonly Piece[], run: Run): string {
	const scale = width / Math.max(1, run.duration);
	const parts: string[] = [];
	let last = -1;
	for (const { kind, from, to } of pieces) {
		const least = kind === 'bad' ? 6 : 1;
		const start = Math.min(width - least, Math.floor(from * scale));
		const end = Math.min(width, Math.max(Math.round(to * scale), start + least));
		if ((to > from || kind === 'bad') && end > last) {
			parts.push(`M${Math.max(start, last)} 0H${end}V${height}H${Math.max(start, last)}Z`);
			last = end;
		}
	}

	return parts.join('');
}

function summaryOf(deeds: readonly Deed[], run: Run): string {
	const sums = { login: 0, waited: 0, rest: 0 };
	for (const parts of deeds.map(partsOf)) {
		sums.login += parts.login;
		sums.waited += parts.waited;
		sums.rest += parts.rest;
	}

	const idle = Math.max(0, run.duration - sums.login - sums.waited - sums.rest);
	return [
		`login ${duration(sums.login)}`,
		`waiting for the host ${duration(sums.waited)}`,
		`controller ${duration(sums.rest)}`,
		`waiting for others ${duration(idle)}`,
	].join(', ');
}

const nearest = (deeds: readonly Deed[], moment: number): Deed | undefined =>
	deeds.find((deed) => {
		const { start, took } = spanOf(deed);
		return moment >= start && moment <= start + took;
	});

function describe(deed: Deed | undefined): string | undefined {
	if (deed === undefined) {
		return undefined;
	}

	const { login, waited, rest } = partsOf(deed);
	return `${deed.task.words.title}: ${duration(spanOf(deed).took)} (login ${duration(login)}, host ${duration(waited)}, controller ${duration(rest)})`;
}
