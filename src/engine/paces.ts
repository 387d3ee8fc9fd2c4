import { hostsOfParts } from '../inventory/pattern.ts';
import type { HostRun } from './host.ts';
import type { PlayRun } from './run-context.ts';

/**
 * Hosts that go at one pace: a task has ended on all of them before the next one begins on any. With `by_group` these are the
 * hosts of each group that the play names; who is in two of them brings both together.
 */
export function pacesOf({ play, batch, context }: PlayRun): readonly (readonly HostRun[])[] {
	const parts = play.strategy === 'by_group' ? hostsOfParts(play.hosts, context.inventory) : [];
	// `!old` alone means all others, and names no group that could go by itself.
	if (play.strategy === 'linear' || (play.strategy === 'by_group' && parts.length === 0)) {
		return [batch];
	}

	let paces: readonly (readonly HostRun[])[] = batch.map((host) => [host]);
	for (const part of parts) {
		const isOfIt = (pace: readonly HostRun[]) => pace.some(({ name }) => part.has(name));
		const together = new Set(paces.filter(isOfIt).flat());
		paces = [...paces.filter((pace) => !isOfIt(pace)), batch.filter((host) => together.has(host))];
	}

	return paces.filter((pace) => pace.length > 0);
}
