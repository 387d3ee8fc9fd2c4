import { writeFile } from 'node:fs/promises';
import { BadInput, exitCodes } from '../errors.ts';
import { rolePlaybook } from '../playbook/role-play.ts';
import { type HostStatus, notTold, printStatus, readStatus, wrongOf } from '../report/status.ts';
import { wantsColour } from '../report/style.ts';
import type { StatusFlags } from './flags.ts';
import { perform } from './perform.ts';
import { prepare } from './prepare.ts';
import { parseReport } from './reports.ts';

/** It fails where something is wrong, for playbooks that run the role. Here each thing has been told by then. */
const lastTask = 'Fail while something needs a person';

/**
 * `status`: the role of that name on all hosts, told as one screen, or as JSON; gives the exit code, 3 when something
 * needs a person. A host that cannot be asked does.
 */
export async function showStatus(flags: StatusFlags): Promise<number> {
	const document = flags.report === undefined ? undefined : parseReport(flags.report);
	if (document !== undefined && document.format !== 'json') {
		throw new BadInput(`status is not told as ${document.format}`, { hint: 'write --report json' });
	}

	const { plan, surroundings } = await prepare((options) => rolePlaybook('status', {}, options), flags, {
		looking: true,
	});
	const found = new Map<string, HostStatus['seen']>();
	const time = new Date().toISOString();
	const code = await perform(
		plan,
		{ ...flags, verbose: 0, report: [], become: true, quiet: true },
		surroundings,
		(event) => {
			if (event.kind === 'run-start') {
				for (const host of event.hosts) {
					found.set(host, []);
				}
			} else if (event.kind === 'host-end' && event.task.name !== lastTask) {
				const { host, output, message, status } = event.result;
				const failed = status === 'failed' || status === 'unreachable';
				found.set(host, [
					...(found.get(host) ?? []),
					...readStatus(surroundings.redactor.text(output?.stdout ?? '')),
					...(failed ? [notTold(surroundings.redactor.text(message ?? 'it could not be asked'))] : []),
				]);
			}
		},
	);
	const hosts = [...found].map(([host, seen]) => ({
		host,
		seen: seen.length > 0 ? seen : [notTold('the run ended before it was asked')],
	}));
	const exitCode =
		code === exitCodes.interrupted
			? code
			: hosts.some((host) => wrongOf(host).length > 0)
				? exitCodes.changes
				: exitCodes.ok;
	if (document !== undefined) {
		const text = `${JSON.stringify({ time, hosts, exitCode }, undefined, 2)}\n`;
		if (document.file === undefined) {
			process.stdout.write(text);
			return exitCode;
		}

		await writeFile(document.file, text, { mode: 0o600 });
	}

	const { stdout } = process;
	process.stdout.write(
		printStatus(hosts, { colour: wantsColour(stdout, process.env), width: stdout.columns ?? 100 }),
	);
	return exitCode;
}
