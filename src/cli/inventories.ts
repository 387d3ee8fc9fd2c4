import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { BadInput } from '../errors.ts';

/**
 * The inventories that were named with -i. There is no default: the wrong servers are too easily meant.
 * @throws BadInput with those that lie at hand, when none was named.
 */
export function namedInventories({
	inventory = [],
}: {
	readonly inventory?: readonly string[];
}): readonly string[] {
	if (inventory.length > 0) {
		return inventory;
	}

	const found = existsSync('inventories')
		? readdirSync('inventories', { withFileTypes: true })
				.filter((entry) => !entry.name.startsWith('.'))
				.map((entry) => join('inventories', entry.name))
		: [];
	throw new BadInput('which hosts? There is no inventory without -i', {
		hint:
			found.length > 0
				? `write ${found.map((path) => `-i ${path}`).join(' or ')}`
				: 'name a folder, a file, or a list such as "web01,web02,"; "g2pbook init prod-minimum my-site" writes one',
	});
}
