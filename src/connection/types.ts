import type { Readable, Writable } from 'node:stream';

/** A program on a host, with its three streams. */
export type Channel = {
	readonly stdin: Writable;
	readonly stdout: Readable;
	readonly stderr: Readable;
	/** Resolves when the program has ended or the channel is gone; never rejects. */
	readonly closed: Promise<{ readonly code: number | undefined; readonly reason?: string | undefined }>;
	/** Give the channel up at once. */
	destroy(): void;
};

/** A way to reach a host as its login user. Everything else, uploads and `become` included, is built on it. */
export type Connection = {
	/** For people: `root@10.0.0.5:22 by ssh`. */
	readonly address: string;
	/**
	 * Start a program by a shell line. It must not hold a secret: it shows in `ps` on the host.
	 * @throws Unreachable when the connection is gone.
	 */
	open(line: string): Promise<Channel>;
	/** Resolves with the reason when the connection ends, whoever ended it. */
	readonly closed: Promise<string>;
	close(): Promise<void>;
};
