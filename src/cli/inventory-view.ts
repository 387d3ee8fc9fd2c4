import { printDiagnostics } from '../code-frame.ts';
import { Diagnostics, didYouMean } from '../diagnostics.ts';
import { BadInput } from '../errors.ts';
import { graph, listing, plain } from '../inventory/listing.ts';
import { loadInventory } from '../inventory/load.ts';
import { decryptFile, findKeys } from '../secrets/age.ts';
import type { InventoryFlags } from './flags.ts';
import { namedInventories } from './inventories.ts';

/**
 * What `g2pbook inventory` prints; warnings go to stderr.
 * @throws BadInput for an inventory that cannot be used, or an unknown host.
 */
export async function showInventory(flags: InventoryFlags): Promise<string> {
	const problems = new Diagnostics();
	const inventory = await loadInventory(namedInventories(flags), {
		cwd: process.cwd(),
		problems,
		decrypt: async (file) =>
			decryptFile(file, await findKeys({ identityFile: flags.identity, env: process.env })),
	});
	if (problems.errors.length > 0) {
		throw new BadInput(problems.list);
	}

	if (problems.list.length > 0) {
		process.stderr.write(printDiagnostics(problems.list));
	}

	if (flags.host !== undefined) {
		const host = inventory.hosts.get(flags.host);
		if (host === undefined) {
			const hint = didYouMean(flags.host, inventory.hosts.keys());
			throw new BadInput(`there is no host "${flags.host}"`, hint === undefined ? {} : { hint });
		}

		return json(plain(host.variables));
	}

	return flags.list ? json(listing(inventory)) : `${graph(inventory)}\n`;
}

const json = (value: unknown): string => `${JSON.stringify(value, undefined, 4)}\n`;
