import type { Command } from 'commander';
import type { InventoryFlags } from './flags.ts';
import { examples } from './options.ts';

/** `inventory`: who there is, and what is said about them. */
export function registerInventory(program: Command): void {
	const inventory = program
		.command('inventory')
		.option(
			'-i, --inventory <path>',
			'folder, file, program or list "a,b," (repeatable; later ones win)',
			(path: string, before: readonly string[] = []): readonly string[] => [...before, path],
		)
		.option('--identity <file>', 'age key that opens encrypted values (or G2PBOOK_AGE_KEY_FILE)')
		.option('--graph', 'groups and hosts as a tree (when nothing else is asked for)')
		.option('--list', 'everything as JSON, in the form of "ansible-inventory --list"')
		.option('--host <name>', 'the variables of one host as JSON')
		.description('show groups, hosts and their variables, as written; secrets as dots')
		.action(async (flags: InventoryFlags) => {
			const { showInventory } = await import('./inventory-view.ts');
			process.stdout.write(await showInventory(flags));
		});
	examples(
		inventory,
		'g2pbook inventory -i inventories/prod --graph',
		'g2pbook inventory -i inventories/prod -i extra.ini --list',
		'g2pbook inventory -i inventories/prod --host db01',
	);
}
