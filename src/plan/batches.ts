import type { Play } from '../playbook/types.ts';

/** Hosts in the order of the play. `random` gives numbers from 0 to below 1. */
export function ordered(
	hosts: readonly string[],
	order: Play['order'],
	random: () => number = Math.random,
): readonly string[] {
	const byName = (a: string, b: string): number => (a < b ? -1 : Number(a > b));
	switch (order) {
		case 'inventory':
			return hosts;
		case 'reverse_inventory':
			return hosts.toReversed();
		case 'sorted':
			return hosts.toSorted(byName);
		case 'reverse_sorted':
			return hosts.toSorted(byName).reverse();
		case 'shuffle':
			return hosts
				.map((host) => ({ host, at: random() }))
				.sort((a, b) => a.at - b.at)
				.map(({ host }) => host);
	}
}

/**
 * Hosts cut as `serial` says; its last size is used for all that are left. A percentage is of all hosts of the
 * play, rounded down, and at least one host.
 */
export function batchesOf(hosts: readonly string[], serial: Play['serial']): readonly (readonly string[])[] {
	if (serial.length === 0 || hosts.length === 0) {
		return hosts.length === 0 ? [] : [hosts];
	}

	const batches: (readonly string[])[] = [];
	for (let start = 0; start < hosts.length; ) {
		const size = sizeOf(serial[Math.min(batches.length, serial.length - 1)] ?? hosts.length, hosts.length);
		batches.push(hosts.slice(start, start + size));
		start += size;
	}

	return batches;
}

const sizeOf = (size: number | string, all: number): number =>
	typeof size === 'number' ? size : Math.max(1, Math.floor((Number.parseFloat(size) * all) / 100));
