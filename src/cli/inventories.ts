import { existsSync, readdirSync } from 'node:fs';
import { join, normalize } from 'node:path';
import { BadInput } from '../errors.ts';
import { packageFolder } from '../package-folder.ts';

/**
 * The inventories that were named with -i: each as given, else the one that ships. There is no default: the wrong
 * servers are too easily meant.
 * @throws BadInput with those that lie at hand, when none was named.
 */
export function namedInventories({
	inventory = [],
}: {
	readonly inventory?: readonly string[];
}): readonly string[] {
	if (inventory.length > 0) {
		return inventory.map(found);
	}

	const atHand = existsSync('inventories')
		? readdirSync('inventories', { withFileTypes: true })
				.filter((entry) => !entry.name.startsWith('.'))
				.map((entry) => join('inventories', entry.name))
		: [];
	throw new BadInput('which hosts? There is no inventory without -i', {
		hint:
			atHand.length > 0
				? `write ${atHand.map((path) => `-i ${path}`).join(' or ')}`
				: 'name a folder, a file, or a list such as "web01,web02,"; "g2pbook init prod-minimum my-site" writes one',
	});
}

const inventories = 'inventories/';

// Told, since who has one of that name elsewhere should notice that it is not meant here.
function found(name: string): string {
	const path = normalize(name);
	const shipped = join(packageFolder, path);
	if (existsSync(name) || !path.startsWith(inventories) || path === inventories || !existsSync(shipped)) {
		return name;
	}

	process.stderr.write(`There is no ${name} here: using the example that ships with g2pbook.\n`);
	return shipped;
}
