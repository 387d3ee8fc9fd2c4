import type { RunEvent } from '../engine/events.ts';
import type { Redactor } from '../shell/secret.ts';
import type { Report, Write } from './report.ts';
import { visible } from './visible.ts';

/**
 * The run as one JSON document, `{g2pbook, events, recap, exitCode}`, written as it happens so that its memory
 * does not grow. What only the live line needs is left out, each result stands in it once, and a text of more than
 * 64 KiB is cut.
 */
export function jsonReport(options: {
	readonly write: Write;
	readonly redactor: Redactor;
	readonly version: string;
}): Report {
	const { write, redactor, version } = options;
	let begun = false;
	const add = (event: object) => {
		write(
			`${begun ? ',' : `{"g2pbook":${JSON.stringify(version)},"events":[`}\n${JSON.stringify(event, plain)}`,
		);
		begun = true;
	};

	return {
		event(event) {
			const shown = visible(event, (text) => redactor.text(text));
			switch (shown.kind) {
				case 'host-start':
				case 'host-progress':
					return;
				case 'task-end':
					// Its results stand in the host-end events.
					add({ kind: shown.kind, task: shown.task, spent: shown.spent });
					return;
				case 'run-end':
					add(shown);
					write(`\n],\n${lastFields(shown)}}\n`);
					return;
				default:
					add(shown);
			}
		},
	};
}

const lastFields = ({ recap, exitCode }: Extract<RunEvent, { kind: 'run-end' }>): string =>
	`"recap":${JSON.stringify(recap, plain)},\n"exitCode":${exitCode}`;

const longestText = 64 * 1024;

function plain(_key: string, value: unknown): unknown {
	if (typeof value === 'string' && value.length > longestText) {
		return `${value.slice(0, longestText)}… (${value.length - longestText} more characters)`;
	}

	return value instanceof Set ? [...value] : value;
}
