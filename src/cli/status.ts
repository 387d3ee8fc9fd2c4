import type { Command } from 'commander';
import type { StatusFlags } from './flags.ts';
import { connectionOptions, examples, sourceOptions } from './options.ts';

/** `status`: how an installation is. */
export function registerStatus(program: Command): void {
	const status = sourceOptions(program.command('status'))
		.optionsGroup('Which part:')
		.option('-l, --limit <pattern>', 'only these hosts: names, groups, wildcards, @FILE')
		.optionsGroup('What is told:')
		.option('--report <format[=file]>', 'json, to stdout or a file')
		.description('look how the hosts of an installation are, and say what needs a person (exit 3)');
	connectionOptions(status);
	status.action(async (flags: StatusFlags) => {
		const { showStatus } = await import('./show-status.ts');
		process.exitCode = await showStatus(flags);
	});
	examples(
		status,
		'g2pbook status -i inventories/prod',
		'g2pbook status -i inventories/prod -l storage --report json=status.json',
	);
}
