import type { Command } from 'commander';
import type { OutputFlags } from './flags.ts';
import { examples, outputOptions } from './options.ts';

/** `report merge`: what several runs say together. */
export function registerReport(program: Command): void {
	const report = program.command('report').description('read what runs have written with --report json=FILE');
	const merge = outputOptions(report.command('merge'))
		.argument('<files...>', 'JSON reports of the parts')
		.description('join the reports of runs over different hosts into one, with its exit code')
		.action(async (files: readonly string[], flags: OutputFlags) => {
			const { mergeReports } = await import('./merge-reports.ts');
			process.exitCode = mergeReports(files, flags);
		});
	examples(
		merge,
		'g2pbook report merge shard-*.json',
		'g2pbook report merge shard-*.json --report junit=result.xml --report html=run.html',
	);
}
