/** What one frame gave. */
export type Raw = { readonly code: number; readonly stdout: Buffer; readonly stderr: Buffer };

/** One piece of work for the shell. `work` is a single command of shell text. */
export type Frame = { readonly work: string; readonly limit?: number | undefined };

/** `undefined`: it was not run, because a step before it failed or its job was ended. */
export type Settled = Raw | undefined;

/** The shell on the host is gone; whoever waits for it decides what that means. */
export class ResidentGone extends Error {}

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
