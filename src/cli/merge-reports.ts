import { readFileSync } from 'node:fs';
import { BadInput, exitCodes } from '../errors.ts';
import { mergeRuns } from '../report/merge.ts';
import { readRun } from '../report/saved-run.ts';
import { Redactor } from '../shell/secret.ts';
import type { OutputFlags } from './flags.ts';
import { openReports } from './reports.ts';

/** Tell several runs as one; gives its exit code. @throws BadInput */
export function mergeReports(files: readonly string[], flags: OutputFlags): number {
	const events = mergeRuns(files.map((file) => readRun(file, textOf(file))));
	const reports = openReports({
		report: flags.report ?? [],
		verbosity: flags.verbose,
		diff: flags.diff ?? false,
		// The reports were filtered when they were written; the secrets are not known here.
		redactor: new Redactor(),
		profile: flags.profile ?? false,
		oneTask: false,
		quiet: false,
		replayed: true,
	});
	try {
		for (const event of events) {
			reports.emit(event);
		}
	} finally {
		reports.pause();
		reports.close();
	}

	const end = events.at(-1);
	return end?.kind === 'run-end' ? end.exitCode : exitCodes.bug;
}

function textOf(file: string): string {
	try {
		return readFileSync(file, 'utf8');
	} catch (error) {
		throw new BadInput(`a report cannot be read: ${error instanceof Error ? error.message : String(error)}`);
	}
}
