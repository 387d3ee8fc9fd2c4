import { printPlan } from '../plan/print.ts';
import type { PlanFlags } from './flags.ts';
import { prepare } from './prepare.ts';

/** Print the plan of a playbook. @throws BadInput */
export async function showPlan(playbook: string, flags: PlanFlags): Promise<void> {
	const loaded = await prepare(playbook, flags, { looking: true, listing: true });
	process.stdout.write(printPlan(loaded, process.cwd()));
}
