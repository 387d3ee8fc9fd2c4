import type { Readable, Writable } from 'node:stream';
import type { Channel } from './types.ts';

/** What a channel needs of a child process of execa: its streams as bytes, not collected, and its end. */
export type Piped = PromiseLike<{
	readonly exitCode?: number | undefined;
	readonly signal?: string | undefined;
	readonly shortMessage?: string | undefined;
}> & { readonly stdin: Writable; readonly stdout: Readable; readonly stderr: Readable };

/**
 * The three streams of a child process.
 * @param destroy how to end it at once
 */
export function processChannel(child: Piped, destroy: () => void): Channel {
	// A program that ends before it has read everything is no fault of ours.
	child.stdin.on('error', () => {});
	return {
		stdin: child.stdin,
		stdout: child.stdout,
		stderr: child.stderr,
		closed: Promise.resolve(child).then(({ exitCode, signal, shortMessage }) => ({
			code: exitCode,
			reason: exitCode === undefined ? (signal ?? shortMessage) : undefined,
		})),
		destroy,
	};
}
