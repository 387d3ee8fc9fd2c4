import type { Output, Reader, Step } from '../module/contract.ts';
import type { Secret } from '../shell/secret.ts';

/** As whom, and with what environment. */
export type As = {
	/** undefined: the login user. */
	readonly user?: string | undefined;
	readonly environment?: Readonly<Record<string, string | Secret>> | undefined;
};

export type PerformOptions = {
	/** Seconds; the process group on the host is killed when they are over. */
	readonly timeout?: number | undefined;
	/** Aborting kills the process group on the host. */
	readonly signal?: AbortSignal | undefined;
	/** Let the step finish when the controller goes away, instead of killing it. */
	readonly finishes?: boolean | undefined;
};

/** What a session cost so far. */
export type Traffic = {
	/** How often an answer was waited for; requests that were under way together are one. */
	readonly roundTrips: number;
	/** Requests that read and that wrote. */
	readonly reads: number;
	readonly writes: number;
	/** Pieces of work that were sent: reads, of which those of a kind are one, and steps. */
	readonly processes: number;
	readonly bytesSent: number;
	readonly bytesReceived: number;
	/** Seconds spent on logging in and becoming other users; what goes on at the same time counts once. */
	readonly connecting: number;
	/** Seconds in which an answer of the host was awaited. */
	readonly waiting: number;
};

/**
 * A conversation with one host. It connects when first used. Reads that are asked for in the same tick travel in
 * one request; reads of the same kind are one process on the host; answers are kept until `forget`.
 */
export type Session = {
	/** @throws (from the reads) Unreachable, ReadFailed, BecomeFailed. */
	reader(as?: As): Omit<Reader, 'facts'>;
	/**
	 * Do steps one after the other, in one request where possible; stop at the first whose code is not 0. Forgets
	 * what was read before. Gives the outputs of those that ran.
	 * @throws Unreachable when the connection breaks: the message says that the step may or may not have been done.
	 * @throws TaskFailed when the time is over or the signal fired: the group on the host is gone then.
	 */
	perform(steps: readonly Step[], as?: As, options?: PerformOptions): Promise<readonly Output[]>;
	/** Throw away what was read: something may have changed. */
	forget(): void;
	/** Close, and try until the host answers again. Seconds. */
	reconnect(options: { readonly timeout: number; readonly delay: number }): Promise<void>;
	/** Whether the host has been reached, and not lost since. */
	readonly isConnected: boolean;
	/** As it stands now: it does not change any more. */
	readonly traffic: Traffic;
	close(): Promise<void>;
};
