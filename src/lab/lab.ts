import { createHash } from 'node:crypto';
import { basename, resolve } from 'node:path';
import type { Container } from 'dockerode';

/** A container that stands for a host, and runs. */
export type LabHostUp = {
	readonly name: string;
	readonly groups: readonly string[];
	/** IPv4, reachable from the machine of the Docker engine. */
	readonly address: string;
	readonly container: Container;
	/** systemd units that failed. */
	readonly failedUnits: readonly string[];
};

export type Lab = {
	readonly id: string;
	readonly topology: string;
	/** Absolute path of the inventory that leads to its hosts. */
	readonly folder: string;
	readonly subnet: string;
	readonly hosts: readonly LabHostUp[];
};

/**
 * The id of the lab whose inventory is in a folder. The path is part of it, so that two clones of a repository
 * on one machine have two labs.
 */
export function labId(folder: string): string {
	const path = resolve(folder);
	const name = basename(path)
		.toLowerCase()
		.replace(/[^a-z0-9]+/g, '-')
		.replace(/^-|-$/g, '')
		.slice(0, 24);
	return `${name}-${createHash('sha256').update(path).digest('hex').slice(0, 6)}`;
}
