import { createHash } from 'node:crypto';
import type { Inventory } from '../inventory/types.ts';
import { batchesOf } from './batches.ts';
import type { PlannedPlay, Shard } from './types.ts';

/** `2/5`; undefined when it is nothing of the kind. */
export function readShard(text: string): Shard | undefined {
	const [, index = 0, of = 0] = (/^([1-9]\d{0,5})\/([1-9]\d{0,5})$/.exec(text) ?? []).map(Number);
	return index >= 1 && index <= of ? { index, of } : undefined;
}

/**
 * Only the name decides. Runs that see an inventory a moment apart, with a host more or less, still leave out no
 * host and do none twice.
 */
export const isInShard = (host: string, { index, of }: Shard): boolean =>
	createHash('sha256').update(host).digest().readUIntBE(0, 6) % of === index - 1;

/** The play on the hosts of a shard. The controller itself (an implicit localhost) is in each. */
export function sharded(planned: PlannedPlay, inventory: Inventory, shard: Shard | undefined): PlannedPlay {
	if (shard === undefined || planned.skippedBecause !== undefined) {
		return planned;
	}

	const { play } = planned;
	const hosts = planned.hosts.filter(
		(host) => inventory.hosts.get(host)?.implicit === true || isInShard(host, shard),
	);
	return hosts.length === 0
		? {
				play,
				hosts,
				batches: [],
				skippedBecause: `none of its hosts is in shard ${shard.index} of ${shard.of}`,
			}
		: { play, hosts, batches: batchesOf(hosts, play.serial) };
}
