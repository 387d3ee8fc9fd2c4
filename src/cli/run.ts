import type { Command } from 'commander';
import type { RunFlags } from './flags.ts';
import {
	connectionOptions,
	effectOptions,
	examples,
	outputOptions,
	selectionOptions,
	sourceOptions,
} from './options.ts';

/** `run`, `check` and `role`: three ways to the same run. */
export function registerRun(program: Command): void {
	const run = withRunOptions(program.command('run'))
		.argument('<playbook>', 'file, or the name of a playbook in playbooks/ or among those that ship')
		.description('make hosts what a playbook says')
		.action(async (playbook: string, flags: RunFlags) => {
			const { runPlaybook } = await import('./run-playbook.ts');
			process.exitCode = await runPlaybook(playbook, flags);
		});
	examples(
		run,
		'g2pbook run site.yml -i inventories/prod',
		'g2pbook run site.yml -i inventories/prod --check --diff',
		'g2pbook run site.yml -i inventories/prod -l storage -t postgres -e pg_port=5433',
		'g2pbook run site.yml -i inventories/prod --report junit=result.xml --report html=run.html',
	);

	const check = withRunOptions(program.command('check'))
		.argument('<playbook>', 'file, or the name of a playbook in playbooks/ or among those that ship')
		.description('say what run would change, and change nothing (run --check --diff)')
		.action(async (playbook: string, flags: RunFlags) => {
			const { runPlaybook } = await import('./run-playbook.ts');
			process.exitCode = await runPlaybook(playbook, { ...flags, check: true, diff: true });
		});
	examples(
		check,
		'g2pbook check site.yml -i inventories/prod',
		'g2pbook check site.yml -i inventories/prod --detailed-exitcode   # 3: there is something to do',
	);

	const role = withRunOptions(program.command('role'))
		.argument('<name>', 'name of a role')
		.option('--hosts <pattern>', 'run it on these, instead of the group that its meta/main.yml names')
		.description('run one role on its own hosts')
		.action(async (name: string, flags: RunFlags & { readonly hosts?: string }) => {
			const { runRole } = await import('./run-playbook.ts');
			process.exitCode = await runRole(name, flags);
		});
	examples(
		role,
		'g2pbook role nginx-rp -i inventories/prod --check',
		'g2pbook role base -i inventories/prod --hosts web01',
	);
}

function withRunOptions(command: Command): Command {
	sourceOptions(command);
	selectionOptions(command);
	effectOptions(command);
	outputOptions(command);
	connectionOptions(command);
	return command
		.optionsGroup('Instead of running:')
		.option('--list-tasks', 'print the tasks, contact nobody')
		.option('--list-hosts', 'print the hosts, contact nobody')
		.option('--list-tags', 'print the tags, contact nobody');
}
