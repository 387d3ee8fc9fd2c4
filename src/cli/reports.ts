import { closeSync, openSync, writeSync } from 'node:fs';
import { didYouMean } from '../diagnostics.ts';
import type { Emit } from '../engine/events.ts';
import { BadInput } from '../errors.ts';
import { htmlReport } from '../report/html/html.ts';
import { type HumanOptions, humanReport } from '../report/human.ts';
import { jsonReport } from '../report/json.ts';
import { junitReport } from '../report/junit.ts';
import { profileReport } from '../report/profile.ts';
import type { Report, Write } from '../report/report.ts';
import { wantsColour } from '../report/style.ts';
import type { Redactor } from '../shell/secret.ts';
import { version } from './version.ts';

const formats = { json: jsonReport, junit: junitReport, html: htmlReport } as const;

type Format = keyof typeof formats;

type ReportSpec = { readonly format: Format; readonly file: string | undefined };

/** All reports of a run. */
export type Reports = {
	readonly emit: Emit;
	/** While somebody else uses the terminal. */
	readonly pause: () => void;
	readonly resume: () => void;
	readonly close: () => void;
};

/**
 * Open the report for the person, and those asked for by `--report FORMAT[=FILE]`. A document on stdout moves the
 * person's report to stderr.
 * @throws BadInput for an unknown format, two documents for stdout, or a file that cannot be written.
 */
export function openReports(options: {
	readonly report: readonly string[];
	readonly verbosity: number;
	readonly diff: boolean;
	readonly redactor: Redactor;
	/** With a table of the slowest tasks. */
	readonly profile: boolean;
	readonly oneTask: boolean;
	/** Without the report for the person. */
	readonly quiet: boolean;
	/** Events of runs that are over, and not as they happen. */
	readonly replayed?: boolean;
}): Reports {
	const { redactor } = options;
	const specs = options.report.map(parseReport);
	const onStdout = specs.filter(({ file }) => file === undefined);
	if (onStdout.length > 1) {
		throw new BadInput('only one report can go to stdout', {
			hint: 'give the others a file: --report json=run.json',
		});
	}

	const stream = onStdout.length > 0 ? process.stderr : process.stdout;
	const files: number[] = [];
	const { verbosity, oneTask } = options;
	const common = { redactor, version, verbosity, oneTask, folder: process.cwd() };
	const reports: Report[] = [
		...(options.quiet ? [] : [human(stream, options)]),
		...(options.profile ? [profileReport({ write: (text) => void stream.write(text), redactor })] : []),
		...specs.map(({ format, file }) =>
			formats[format]({
				...common,
				write: writeTo(file, files),
				clock: options.replayed ? undefined : clock,
			}),
		),
	];
	return {
		emit: (event) => {
			for (const report of reports) {
				report.event(event);
			}
		},
		pause: () => {
			for (const report of reports) {
				report.pause?.();
			}
		},
		resume: () => {
			for (const report of reports) {
				report.resume?.();
			}
		},
		close: () => {
			for (const file of files) {
				closeSync(file);
			}
		},
	};
}

/** Seconds. */
const clock = (): number => performance.now() / 1000;

type HumanFlags = Pick<HumanOptions, 'verbosity' | 'diff' | 'redactor' | 'oneTask'>;

function human(stream: NodeJS.WriteStream, flags: HumanFlags): Report {
	return humanReport({
		...flags,
		write: (text) => void stream.write(text),
		colour: wantsColour(stream, process.env),
		live: stream.isTTY === true && process.env.TERM !== 'dumb',
		width: () => stream.columns ?? 80,
		folder: process.cwd(),
	});
}

/** `json` or `json=FILE`. @throws BadInput */
export function parseReport(text: string): ReportSpec {
	const [name = '', ...rest] = text.split('=');
	const format = (Object.keys(formats) as Format[]).find((known) => known === name);
	const file = rest.join('=');
	if (format === undefined || (rest.length > 0 && file === '')) {
		throw new BadInput(`there is no report "${text}"`, {
			hint: didYouMean(name, Object.keys(formats)) ?? 'write json, junit or html, with a file: json=run.json',
		});
	}

	return { format, file: rest.length === 0 ? undefined : file };
}

function writeTo(file: string | undefined, files: number[]): Write {
	if (file === undefined) {
		return (text) => void process.stdout.write(text);
	}

	try {
		const descriptor = openSync(file, 'w', 0o600);
		files.push(descriptor);
		return (text) => void writeSync(descriptor, text);
	} catch (error) {
		throw new BadInput(
			`the report cannot be written: ${error instanceof Error ? error.message : String(error)}`,
		);
	}
}
