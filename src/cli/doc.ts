import type { Command } from 'commander';
import { examples } from './options.ts';

/** `doc`: the reference, offline. */
export function registerDoc(program: Command): void {
	const doc = program
		.command('doc')
		.argument('[name]', 'module or role; without one, a list of both')
		.option('--roles-path <folder>', 'look for roles here too')
		.description('explain a module or a role')
		.action(async (name: string | undefined, { rolesPath }: { readonly rolesPath?: string }) => {
			const { docIndex, docPage } = await import('./doc-page.ts');
			const folders = rolesPath === undefined ? [] : [rolesPath];
			const width = Math.min(process.stdout.columns ?? 100, 110);
			process.stdout.write(name === undefined ? docIndex(folders, width) : docPage(name, folders, width));
		});
	examples(doc, 'g2pbook doc', 'g2pbook doc copy', 'g2pbook doc nginx-rp');
}
