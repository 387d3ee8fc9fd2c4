import { TaskFailed, UserError } from '../errors.ts';

/**
 * Whatever was thrown, as a failure of a task. What is not a UserError is a bug of ours: it fails the host with
 * its stack, and not the whole run, because the other hosts must not be left half-done for it.
 */
export function asFailure(
	error: unknown,
): UserError & { readonly result?: Readonly<Record<string, unknown>> } {
	if (error instanceof UserError) {
		return error;
	}

	const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
	return new TaskFailed(`this is a bug in g2pbook: ${stack}`, {
		hint: 'please report it with this text; running again is safe',
		cause: error,
	});
}
