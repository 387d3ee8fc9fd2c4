import { exitCodes } from '../errors.ts';
import { sum } from '../session/traffic.ts';
import type { HostRecap } from './events.ts';
import type { HostRun } from './host.ts';
import type { ExecuteOptions } from './options.ts';
import type { RunContext } from './run-context.ts';

/** What the run did on each host, in the order in which they were met. */
export const recapOf = (context: RunContext): readonly HostRecap[] =>
	[...context.hosts.values()].map((host) => ({
		host: host.name,
		...host.counts,
		...(host.refused && { refused: true as const }),
		pendingHandlers: pendingOf(host, context.options.check),
		traffic: sum(context.targets.of(host.name).map(({ session }) => session.traffic)),
	}));

const pendingOf = (host: HostRun, check: boolean): readonly string[] =>
	check ? [] : [...new Set([...host.notified.keys(), ...host.recorded.keys()])];

/** What the run says to the script that called it; the meanings stand in docs/exit-codes.md. */
export function exitCodeOf(
	recap: readonly HostRecap[],
	options: Pick<ExecuteOptions, 'detailedExitCode' | 'requireExact'> & {
		readonly interrupt: Pick<ExecuteOptions['interrupt'], 'finishing'>;
	},
): number {
	if (options.interrupt.finishing) {
		return exitCodes.interrupted;
	}

	const total = (count: (host: HostRecap) => number): number =>
		recap.reduce((sum, host) => sum + count(host), 0);
	const failed = total((host) => host.failed) > 0;
	const unreachable = total((host) => host.unreachable) > 0;
	if (isRefused(recap)) {
		return exitCodes.badInput;
	}

	if (failed || unreachable) {
		return failed && unreachable
			? exitCodes.failedAndUnreachable
			: failed
				? exitCodes.hostFailed
				: exitCodes.unreachable;
	}

	const inexact = total((host) => host.might + host.wouldRun) > 0;
	if (options.requireExact && inexact) {
		return exitCodes.hostFailed;
	}

	return options.detailedExitCode && (inexact || total((host) => host.changed) > 0)
		? exitCodes.changes
		: exitCodes.ok;
}

/** Whether the run was stopped before it has changed anything, by a task that is there for that. */
export const isRefused = (recap: readonly HostRecap[]): boolean =>
	recap.some(({ failed }) => failed > 0) &&
	recap.every(
		({ failed, unreachable, changed, refused }) =>
			unreachable === 0 && changed === 0 && (failed === 0 || refused === true),
	);
