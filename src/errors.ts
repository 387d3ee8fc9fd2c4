import type { Diagnostic } from './diagnostics.ts';

/** What the process says to the script that called it; documented in docs/exit-codes.md. */
export const exitCodes = {
	ok: 0,
	bug: 1,
	hostFailed: 2,
	changes: 3,
	unreachable: 4,
	badInput: 5,
	failedAndUnreachable: 6,
	interrupted: 130,
} as const;

/** A failure that a person can do something about: printed without a stack. Anything else is a bug of ours. */
export class UserError extends Error {
	override readonly name: string = 'UserError';
	readonly exitCode: number = exitCodes.hostFailed;
	/** What to do next. */
	readonly hint: string | undefined;
	constructor(
		message: string,
		options: { readonly hint?: string | undefined; readonly cause?: unknown } = {},
	) {
		super(message, options.cause === undefined ? undefined : { cause: options.cause });
		this.hint = options.hint;
	}
}

/** Input that cannot be used. Nothing was touched. */
export class BadInput extends UserError {
	override readonly name = 'BadInput';
	override readonly exitCode = exitCodes.badInput;
	readonly diagnostics: readonly Diagnostic[];
	constructor(problem: string | readonly Diagnostic[], options: { readonly hint?: string } = {}) {
		const diagnostics: readonly Diagnostic[] =
			typeof problem === 'string' ? [{ severity: 'error', summary: problem, hint: options.hint }] : problem;
		super(diagnostics.map(({ summary }) => summary).join('\n'), options);
		this.diagnostics = diagnostics;
	}
}

/** A host that cannot be reached, refuses us, or whose connection broke. */
export class Unreachable extends UserError {
	override readonly name = 'Unreachable';
	override readonly exitCode = exitCodes.unreachable;
}

/** A task that could not be done on a host. */
export class TaskFailed extends UserError {
	override readonly name: string = 'TaskFailed';
	/** Fields for the registered result, such as `rc`, `stdout` and `stderr`. */
	readonly result: Readonly<Record<string, unknown>>;
	constructor(
		message: string,
		options: {
			readonly hint?: string | undefined;
			readonly cause?: unknown;
			readonly result?: Readonly<Record<string, unknown>>;
		} = {},
	) {
		super(message, options);
		this.result = options.result ?? {};
	}
}
