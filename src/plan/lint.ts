import type { Diagnostics } from '../diagnostics.ts';
import type { Inventory } from '../inventory/types.ts';
import { checkEntry } from '../playbook/check-values.ts';
import type { Playbook } from '../playbook/types.ts';
import { learntNames } from './known-names.ts';
import { lintFiles } from './lint-files.ts';
import { lintHandlers } from './lint-handlers.ts';
import { lintNames } from './lint-names.ts';
import { lintRoles } from './lint-roles.ts';
import { Sight } from './sight.ts';
import type { PlannedPlay } from './types.ts';
import { handlersOf, leavesOf, type Previews } from './walk.ts';

export type LintOptions = {
	/** undefined: not given. Names are then not missed, since an inventory may define them. */
	readonly inventory: Inventory | undefined;
	readonly previews: Previews;
	readonly extraVars: Readonly<Record<string, unknown>>;
	/** Say too what is no mistake but does nothing. */
	readonly thorough: boolean;
	readonly problems: Diagnostics;
};

/** All that can be known to go wrong without asking a host. `plays` give the hosts of each play. */
export function lint(
	playbook: Playbook,
	plays: readonly Pick<PlannedPlay, 'play' | 'hosts'>[],
	options: LintOptions,
): void {
	const { inventory, previews, extraVars, problems } = options;
	const learnt = learntNames(playbook, previews);
	for (const { play, hosts } of plays) {
		const sight = new Sight(play, hosts, inventory, learnt, extraVars);
		lintNames(play, playbook, sight, previews, problems, options);
		lintRoles(play, hosts, inventory, sight, extraVars, previews, problems);
		lintHandlers(play, previews, problems, options);
		for (const task of [...leavesOf(play, previews), ...handlersOf(play, previews)]) {
			if (task.kind === 'task') {
				lintFiles(task, problems);
			}
		}
	}
}

/**
 * Templates and expressions of an inventory that cannot be read: all of them, or only those of some names. What comes
 * from elsewhere and is not used is nobody's trouble while a run goes on.
 */
export function lintInventory(
	inventory: Inventory,
	problems: Diagnostics,
	concerns: (name: string) => boolean = () => true,
): void {
	const seen = new Set<object>();
	for (const { layers } of inventory.hosts.values()) {
		for (const { values } of layers.filter((layer) => !seen.has(layer.values))) {
			seen.add(values);
			for (const name of Object.keys(values).filter(concerns)) {
				checkEntry(values, name, problems);
			}
		}
	}
}
