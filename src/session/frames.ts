import type { Output } from '../module/contract.ts';
import type { Capture } from './capture.ts';

/** What one frame gave. */
export class Raw {
	readonly code: number;
	readonly #captured: { readonly stdout: Capture; readonly stderr: Capture };
	#stdout: Buffer | undefined;
	#stderr: Buffer | undefined;

	constructor(code: number, captured: { readonly stdout: Capture; readonly stderr: Capture }) {
		this.code = code;
		this.#captured = captured;
	}

	get stdout(): Buffer {
		this.#stdout ??= this.#captured.stdout.bytes();
		return this.#stdout;
	}

	get stderr(): Buffer {
		this.#stderr ??= this.#captured.stderr.bytes();
		return this.#stderr;
	}

	/** As texts. Those that are large are read when they are asked for, and are not kept in memory. */
	get output(): Output {
		const { stdout, stderr } = this.#captured;
		return stdout.isLarge || stderr.isLarge
			? {
					code: this.code,
					incomplete: stdout.incomplete ?? stderr.incomplete,
					get stdout() {
						return stdout.text();
					},
					get stderr() {
						return stderr.text();
					},
				}
			: { code: this.code, stdout: stdout.text(), stderr: stderr.text() };
	}
}

/** One piece of work for the shell. `work` is a single command of shell text. */
export type Frame = { readonly work: string; readonly limit?: number | undefined };

/** `undefined`: it was not run, because a step before it failed or its job was ended. */
export type Settled = Raw | undefined;

/** The shell on the host is gone; whoever waits for it decides what that means. */
export class ResidentGone extends Error {
	/** `silent`: it has never answered. `stuck`: it has, and then not any more. `ended`: it is not there any more. */
	readonly how: 'silent' | 'stuck' | 'ended';
	constructor(reason: string, how: 'silent' | 'stuck' | 'ended') {
		super(reason);
		this.how = how;
	}
}

export type Job = {
	readonly steps: readonly Promise<Settled>[];
	readonly reads: readonly Promise<Settled>[];
	/**
	 * Resolves when the shell is ready for the next request; `goesOn` when something that the job started still
	 * runs and may write to the shell's streams.
	 */
	readonly ended: Promise<{ readonly goesOn: boolean }>;
	/** Ends it and everything that is below it; resolves when the host says so. */
	readonly kill: () => Promise<void>;
};

/** A frame whose end has not been seen. */
export type Pending = {
	readonly job: number | undefined;
	readonly stdout: Capture;
	readonly stderr: Capture;
	readonly resolve: (value: Settled) => void;
	readonly reject: (error: ResidentGone) => void;
	started: boolean;
	/** Streams on which the end was seen. */
	ends: number;
};
