import type { HostResult, TaskInfo } from '../engine/events.ts';
import type { Redactor } from '../shell/secret.ts';
import { failureLines } from './failure.ts';
import type { Report, Write } from './report.ts';
import { chalkFor, harmless, type View } from './style.ts';
import { title } from './task.ts';
import { visible } from './visible.ts';

type Suite = {
	readonly name: string;
	readonly cases: string[];
	failures: number;
	errors: number;
	skipped: number;
};

/** The run as JUnit XML: a suite per play, a case per task and host. Unreachable hosts are errors. */
export function junitReport({
	write,
	redactor,
}: {
	readonly write: Write;
	readonly redactor: Redactor;
}): Report {
	const suites = new Map<string, Suite>();
	const view: View = { chalk: chalkFor(false), verbosity: 0, diff: false, check: false };
	const filter = (text: string) => harmless(redactor.text(text));
	let name = 'g2pbook';
	let time = '';

	const add = (task: TaskInfo, result: HostResult) => {
		const suite = suites.get(task.play) ?? { name: task.play, cases: [], failures: 0, errors: 0, skipped: 0 };
		suites.set(task.play, suite);
		const bad = !result.ignored;
		suite.failures += Number(bad && result.status === 'failed');
		suite.errors += Number(bad && result.status === 'unreachable');
		suite.skipped += Number(isSkipped(result));
		suite.cases.push(testCase(task, result, view));
	};

	return {
		event(event) {
			const shown = visible(event, filter);
			if (shown.kind === 'run-start') {
				({ playbook: name, time } = shown);
			} else if (shown.kind === 'host-end') {
				add(shown.task, shown.result);
			} else if (shown.kind === 'run-end') {
				const tests = [...suites.values()].reduce((sum, { cases }) => sum + cases.length, 0);
				write(
					[
						'<?xml version="1.0" encoding="UTF-8"?>',
						element('testsuites', { name, tests, time: shown.duration.toFixed(3) }, [
							...[...suites.values()].map(({ cases, ...suite }) =>
								element('testsuite', { ...suite, tests: cases.length, timestamp: time }, cases),
							),
						]),
						'',
					].join('\n'),
				);
			}
		},
	};
}

const isSkipped = ({ status }: HostResult): boolean =>
	status === 'skipped' || status === 'would-run' || status === 'might';

function testCase(task: TaskInfo, result: HostResult, view: View): string {
	const attributes = {
		classname: result.host,
		name: title(task),
		time: result.duration.toFixed(3),
		file: task.source.file,
		line: task.source.line,
	};
	const item = result.items.find(({ status }) => status === result.status) ?? result;
	const message = result.message ?? item.message ?? result.status;
	if ((result.status === 'failed' || result.status === 'unreachable') && !result.ignored) {
		const kind = result.status === 'failed' ? 'failure' : 'error';
		const text = escaped(failureLines(task, item, view).join('\n'));
		return element('testcase', attributes, [element(kind, { message }, [text])]);
	}

	return element('testcase', attributes, isSkipped(result) ? [element('skipped', { message }, [])] : []);
}

function element(
	name: string,
	attributes: Readonly<Record<string, string | number>>,
	content: readonly string[],
): string {
	const words = Object.entries(attributes).map(([key, value]) => ` ${key}="${escaped(String(value))}"`);
	const start = `<${name}${words.join('')}`;
	return content.length === 0 ? `${start}/>` : `${start}>\n${content.join('\n')}\n</${name}>`;
}

// Characters that XML 1.0 cannot hold at all are replaced; a newline in an attribute would become a blank.
const escaped = (text: string): string =>
	text
		.replaceAll(/\p{Surrogate}/gu, '�')
		// biome-ignore lint/suspicious/noControlCharactersInRegex: XML has no way to write them
		.replaceAll(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g, '�')
		.replaceAll('&', '&amp;')
		.replaceAll('<', '&lt;')
		.replaceAll('>', '&gt;')
		.replaceAll('"', '&quot;')
		.replaceAll('\n', '&#10;');
