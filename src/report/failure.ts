import { place } from '../diagnostics.ts';
import type { ItemResult, TaskInfo } from '../engine/events.ts';
import { indent, linesOf, shortPath, type View } from './style.ts';

// Enough to see a traceback whole, little enough to stay on one screen.
const mostLines = 40;
const mostSteps = 3;

/** Why it failed: message, commands, code, the end of what was said, the place in the playbook, what to do. */
export function failureLines(task: TaskInfo, result: ItemResult, view: View, lines = mostLines): string[] {
	const { chalk } = view;
	const { output, hint, steps = [], attempts = 1 } = result;
	const [first = 'failed', ...more] = linesOf(result.message ?? 'failed');
	return [
		chalk.red(first) + (attempts > 1 ? chalk.dim(` (tried ${attempts} times)`) : ''),
		...more,
		...stepLines(steps, view),
		// Usually the message has said it.
		...(output === undefined || first.endsWith(`code ${output.code}`) ? [] : [`rc ${output.code}`]),
		...(output === undefined ? [] : saidLines(output, view, lines)),
		...placeLines(task, view),
		...(hint === undefined
			? []
			: linesOf(hint).map((line, index) => `${index === 0 ? 'hint: ' : '      '}${line}`)),
	];
}

// What came from the command line has no place that could be opened.
function placeLines({ source }: TaskInfo, { chalk, folder }: View): string[] {
	return source.file.startsWith('(')
		? []
		: [chalk.dim(`at ${place({ ...source, file: shortPath(source.file, folder) })}`)];
}

/** The steps as a person would type them; a few, or all with `-vv`. */
export function stepLines(steps: readonly string[], view: View): string[] {
	const shown = view.verbosity >= 2 ? steps : steps.slice(0, mostSteps);
	const rest = steps.length - shown.length;
	return [
		...shown.flatMap((step) => linesOf(step).map((line, index) => `${index === 0 ? '$' : '>'} ${line}`)),
		...(rest > 0 ? [view.chalk.dim(`… ${rest} more commands (-vv shows them)`)] : []),
	];
}

function saidLines(output: { readonly stdout: string; readonly stderr: string }, view: View, most: number) {
	// Programs that complain on stdout exist; it is worth its place only when stderr is silent.
	const name = output.stderr.trim() === '' ? 'stdout' : 'stderr';
	const all = linesOf(output[name].trimEnd());
	return all.length === 0 ? [] : streamLines(name, all, view, most);
}

/** A stream with a bar before it, so that nothing in it can be taken for the report's own words. */
export function streamLines(name: string, all: readonly string[], { chalk }: View, most: number): string[] {
	const shown = all.slice(-most);
	const left = all.length - shown.length;
	return [
		name + (left > 0 ? chalk.dim(` (last ${most} of ${all.length} lines)`) : ''),
		...indent(shown.map((line) => chalk.dim('│ ') + line)),
	];
}
