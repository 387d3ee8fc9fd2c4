import type { ChalkInstance } from 'chalk';
import { structuredPatch } from 'diff';
import type { Change, Detail, State } from '../module/contract.ts';
import { dots } from '../shell/secret.ts';
import { count, linesOf, type View } from './style.ts';

// More would push everything else off the screen. `-vv` shows all.
const mostLines = 60;

/** What changed, as lines: keys in two columns, then texts as unified diffs. */
export function changeLines(
	change: Change | undefined,
	details: readonly Detail[] | undefined,
	view: View,
): string[] {
	const texts = (details ?? []).flatMap((detail) => detailLines(detail, view));
	return [...(change === undefined ? [] : keyLines(change, details ?? [], view)), ...texts];
}

function keyLines(change: Change, details: readonly Detail[], view: View): string[] {
	const { chalk, check } = view;
	const rows = rowsOf(change).filter((row) => !isCovered(row, details));
	const width = Math.max(0, ...rows.map(({ key }) => key.length));
	const lines = rows.flatMap((row) =>
		isText(row.before) || isText(row.after)
			? detailLines({ name: row.key, before: String(row.before ?? ''), after: String(row.after ?? '') }, view)
			: [rowLine(change.action, { ...row, key: row.key.padEnd(width) }, chalk)],
	);
	if (change.action === 'update') {
		return lines;
	}

	const done = check ? `would ${change.action}` : `${change.action}d`;
	return lines.length === 1 ? [`${done}  ${lines[0]}`] : [done, ...lines];
}

/** Whether a change is an update of one text, and of nothing else. */
export const isOnlyText = ({
	change,
	details = [],
}: {
	readonly change?: Change | undefined;
	readonly details?: readonly Detail[] | undefined;
}): boolean =>
	details.length === 1 &&
	(change === undefined ||
		(change.action === 'update' && rowsOf(change).every((row) => isCovered(row, details))));

// A fingerprint says nothing beside the text that it stands for, and a text is read once.
const isCovered = ({ before, after }: Row, details: readonly Detail[]): boolean =>
	details.some(
		(detail) =>
			isFingerprint(after ?? before) ||
			((isText(before) || isText(after)) &&
				String(before ?? '') === String(detail.before) &&
				String(after ?? '') === String(detail.after)),
	);

function rowLine(action: Change['action'], { key, before, after }: Row, chalk: ChalkInstance): string {
	switch (action) {
		case 'create':
			return chalk.green(`+ ${key}  ${show(after)}`);
		case 'delete':
			return chalk.red(`- ${key}  ${show(before)}`);
		case 'update':
			return `${key}  ${chalk.red(show(before))} → ${chalk.green(show(after))}`;
	}
}

type Row = { readonly key: string; readonly before: State[string]; readonly after: State[string] };

function rowsOf(change: Change): Row[] {
	const before = change.action === 'create' ? undefined : change.before;
	const after = change.action === 'delete' ? undefined : change.after;
	const keys = change.action === 'update' ? [...change.keys] : Object.keys(after ?? before ?? {});
	return keys
		.map((key) => ({ key, before: before?.[key], after: after?.[key] }))
		.filter((row) => row.before !== undefined || row.after !== undefined);
}

const isFingerprint = (value: State[string]) =>
	typeof value === 'string' && /^(?:[a-z0-9]+:)?[0-9a-f]{40,128}$/.test(value);

const isText = (value: State[string]) => typeof value === 'string' && value.includes('\n');

function show(value: State[string]): string {
	if (value === undefined) {
		return '(none)';
	}

	if (typeof value === 'object') {
		return value.length === 0 ? '(none)' : value.join(', ');
	}

	if (isFingerprint(value)) {
		return `${String(value).slice(0, 12)}…`;
	}

	return value === '' ? '""' : String(value);
}

function detailLines(detail: Detail, view: View): string[] {
	const { chalk } = view;
	const [before, after] = [String(detail.before), String(detail.after)];
	if (before.includes(dots) && before === after) {
		return [`${detail.name}: differs, hidden because it is secret`];
	}

	const patch = structuredPatch('', '', before, after, '', '', { context: 3, maxEditLength: 4000 });
	if (patch === undefined) {
		return [
			`${detail.name}: ${count(linesOf(before).length, 'line')} → ${count(linesOf(after).length, 'line')}`,
		];
	}

	const all = patch.hunks.flatMap((hunk) => [
		chalk.cyan(`@@ -${span(hunk.oldStart, hunk.oldLines)} +${span(hunk.newStart, hunk.newLines)} @@`),
		...hunk.lines.map((line) =>
			line.startsWith('+') ? chalk.green(line) : line.startsWith('-') ? chalk.red(line) : line,
		),
	]);
	const shown = view.verbosity >= 2 ? all : all.slice(0, mostLines);
	const rest = all.length - shown.length;
	return [
		chalk.bold(detail.name),
		...shown,
		...(rest > 0 ? [chalk.dim(`… ${count(rest, 'more line')} (-vv shows them)`)] : []),
	];
}

// An empty range starts after the line before it, as in every other diff.
const span = (start: number, lines: number): string => `${lines === 0 ? start - 1 : start},${lines}`;
