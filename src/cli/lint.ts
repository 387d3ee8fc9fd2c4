import type { Command } from 'commander';
import type { SourceFlags } from './flags.ts';
import { examples, sourceOptions } from './options.ts';

/** `lint`: everything that can be known to be wrong without a host. */
export function registerLint(program: Command): void {
	const lint = sourceOptions(program.command('lint'))
		.argument(
			'[paths...]',
			'playbooks, roles (their folders), or folders with both; by default the one you are in',
		)
		.description('find mistakes in playbooks and roles; with -i also names that no inventory defines')
		.action(async (paths: readonly string[], flags: SourceFlags) => {
			const { lintAndTell } = await import('./tell-lint.ts');
			process.exitCode = await lintAndTell(paths, flags);
		});
	examples(
		lint,
		'g2pbook lint',
		'g2pbook lint site.yml roles/base',
		'g2pbook lint site.yml -i inventories/prod',
	);
}
