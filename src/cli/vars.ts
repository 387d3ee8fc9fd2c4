import type { Command } from 'commander';
import type { VarsFlags } from './flags.ts';
import { examples, sourceOptions } from './options.ts';

/** `vars HOST`: what the inventory says about a host. */
export function registerVars(program: Command): void {
	const vars = sourceOptions(program.command('vars'))
		.argument('<host>')
		.option('--explain <name>', 'every place that gives this name, the winner first; roles too')
		.option('--playbook <playbook>', 'with --explain: as its plays, roles and tasks see it')
		.description('print the variables of a host, secrets as dots')
		.action(async (host: string, flags: VarsFlags) => {
			const { printVars } = await import('./vars-of-host.ts');
			process.stdout.write(await printVars(host, flags));
		});
	examples(
		vars,
		'g2pbook vars db01 -i inventories/prod',
		'g2pbook vars db01 -i inventories/prod --explain postgres_version',
		'g2pbook vars db01 -i inventories/prod --explain postgres_version --playbook site.yml',
	);
}
