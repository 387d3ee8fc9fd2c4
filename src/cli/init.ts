import type { Command } from 'commander';
import { examples } from './options.ts';

/** `init`: a first inventory and playbook. */
export function registerInit(program: Command): void {
	const init = program
		.command('init')
		.argument('<topology>', 'sandbox, prod-minimum or prod-ha')
		.argument('<folder>', 'new folder')
		.description('write a commented inventory and playbook to start from')
		.action(async (topology: string, folder: string) => {
			const { writeProject } = await import('./project.ts');
			const files = writeProject(topology, folder);
			process.stdout.write(
				`${files.map((file) => `wrote ${file}\n`).join('')}\nNext: put your addresses into ${folder}/inventory/hosts.yml, then\n  g2pbook ping all -i ${folder}/inventory\n  g2pbook secret init -i ${folder}/inventory\n  g2pbook check ${folder}/site.yml -i ${folder}/inventory\n`,
			);
		});
	examples(init, 'g2pbook init prod-minimum my-site');
}
