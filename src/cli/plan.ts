import type { Command } from 'commander';
import type { PlanFlags } from './flags.ts';
import { examples, selectionOptions, sourceOptions } from './options.ts';

/** `plan`: who would do what, in which order. */
export function registerPlan(program: Command): void {
	const plan = selectionOptions(sourceOptions(program.command('plan')))
		.argument('<playbook>', 'file, or the name of a playbook in playbooks/ or among those that ship')
		.description('print who does what in which order; no host is asked')
		.action(async (playbook: string, flags: PlanFlags) => {
			const { showPlan } = await import('./show-plan.ts');
			await showPlan(playbook, flags);
		});
	examples(
		plan,
		'g2pbook plan site.yml -i inventories/prod',
		'g2pbook plan site.yml -i inventories/prod -l storage -t postgres',
	);
}
