import type { Layer } from '../vars/types.ts';
import type { Plan } from './types.ts';
import { handlersOf, leavesOf, type Previews } from './walk.ts';

/** Everything that a plan may compute with, raw: inventory, plays, roles, and the arguments of tasks. */
export function* valuesOf({ inventory, plays }: Plan, previews: Previews = new Map()): Iterable<unknown> {
	const layers = new Set<Layer>();
	for (const { layers: own } of [...inventory.groups.values(), ...inventory.hosts.values()]) {
		for (const layer of own) {
			layers.add(layer);
		}
	}

	for (const { play } of plays) {
		for (const node of [play, play.keywords, ...leavesOf(play, previews), ...handlersOf(play, previews)]) {
			for (const layer of node.layers) {
				layers.add(layer);
			}

			if ('environment' in node) {
				yield node.environment;
			}

			if ('args' in node) {
				yield node.args;
			}
		}
	}

	for (const { values } of layers) {
		yield values;
	}
}
