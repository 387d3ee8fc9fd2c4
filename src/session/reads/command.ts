import type { Command } from '../../shell/command.ts';
import type { Secret } from '../../shell/secret.ts';
import { bytesOf, exports, fed } from '../input.ts';
import { plainLocale, subshell } from '../protocol.ts';

/** Shell text that runs a command with its input, and nothing of ours on it. */
export function working(
	command: Command,
	environment: Readonly<Record<string, string | Secret>> | undefined,
	locale: 'plain' | 'own',
): string {
	const work = subshell(command.line, (locale === 'plain' ? plainLocale : '') + exports(environment));
	return command.input === undefined ? `${work} </dev/null` : fed(bytesOf(command.input), work);
}
