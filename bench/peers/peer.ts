import type { Host, Login } from '../hosts.ts';
import type { Command } from '../timed.ts';

/** Where a peer writes its files, and whom it shall work on. */
export type Estate = {
	readonly folder: string;
	readonly hosts: readonly Host[];
	readonly login: Login;
};

/** A program that can do the work. */
export type Peer = {
	readonly name: string;
	readonly version: string;
	/** Prints its version: what starting it costs. */
	readonly start?: Command;
	/** Does the work of work.ts. */
	work(estate: Estate): Command;
	/** Copies a file to `big` in the folder of each host. */
	push(estate: Estate, file: string): Command;
	/** Take away what a run has left on the controller, so that the next one starts from nothing. */
	after?(estate: Estate): void;
};

/** Options for everything that calls `ssh`. */
export const sshOptions = ({ knownHosts }: Login): string =>
	`-F /dev/null -o UserKnownHostsFile=${knownHosts} -o IdentitiesOnly=yes`;
