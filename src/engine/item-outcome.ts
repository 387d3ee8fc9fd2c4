import { Unreachable } from '../errors.ts';
import type { ActionOutcome } from '../module/contract.ts';
import { Unknown } from '../vars/types.ts';
import { DependsOnUnknown } from '../vars/vars.ts';
import type { HostResult, ItemResult } from './events.ts';
import { asFailure } from './failure.ts';

/** How one item (or the task, when it has no loop) ended. */
export type ItemOutcome = {
	readonly item: ItemResult;
	readonly registered: Readonly<Record<string, unknown>> | Unknown;
	readonly effects?: ActionOutcome | undefined;
	readonly delegatedTo?: string | undefined;
};

/** How a task ended on a host, and what follows from it. */
export type TaskOutcome = {
	readonly result: HostResult;
	readonly registered: unknown;
	readonly effects: readonly ActionOutcome[];
};

/** The output that a failure carries in its result, if any. */
export const outputOf = ({ rc, stdout, stderr }: Readonly<Record<string, unknown>>): ItemResult['output'] =>
	typeof rc === 'number'
		? { code: rc, stdout: String(stdout ?? ''), stderr: String(stderr ?? '') }
		: undefined;

export const skipped = (label: string | undefined, message: string): ItemOutcome => ({
	item: { status: 'skipped', label, message },
	registered: { changed: false, failed: false, skipped: true },
});

export function failure(error: unknown, label: string | undefined, taskName: string): ItemOutcome {
	if (error instanceof DependsOnUnknown) {
		return {
			item: { status: 'might', label, message: `depends on ${error.unknown.reason}` },
			registered: new Unknown(`the result of "${taskName}"`),
		};
	}

	const { message, hint, result = {} } = asFailure(error);
	return {
		item: {
			status: error instanceof Unreachable ? 'unreachable' : 'failed',
			label,
			message,
			hint,
			output: outputOf(result),
		},
		registered: { changed: false, failed: true, skipped: false, msg: message, ...result },
	};
}

/** no_log: that something happened may be seen, what happened may not. */
export const withoutWords = ({ item, ...outcome }: ItemOutcome): ItemOutcome => ({
	...outcome,
	item: {
		status: item.status,
		label: item.label === undefined ? undefined : '(hidden by no_log)',
		message:
			item.status === 'failed' || item.status === 'unreachable'
				? 'the reason is hidden by no_log'
				: undefined,
		attempts: item.attempts,
	},
});
