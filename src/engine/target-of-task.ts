import { findModule } from '../modules/index.ts';
import type { TaskNode } from '../playbook/types.ts';
import type { Vars } from '../vars/vars.ts';
import { HostRun } from './host.ts';
import { onlyLooks } from './judge.ts';
import type { PlayRun } from './run-context.ts';
import type { Target } from './target.ts';
import { hostVars } from './variables.ts';

/** The machine on which a task of this host is done: its own, or the one it is delegated to. */
export function targetOf(run: PlayRun, task: TaskNode, host: HostRun, vars: Vars): Target {
	const name = task.delegateTo === undefined ? host.name : String(vars.render(task.delegateTo));
	const reached = name === host.name ? host : (run.context.hosts.get(name) ?? new HostRun(name));
	// A delegate is reached in its own way, not in that of the play.
	const way = name === host.name ? task : { connection: undefined, remoteUser: undefined };
	return host.meter.watch(run.context.targets.get(name, way, () => hostVars(run, reached)));
}

/** The machine of a host as the play reaches it. */
export const playTarget = (run: PlayRun, host: HostRun): Target =>
	host.meter.watch(run.context.targets.get(host.name, run.play.keywords, () => hostVars(run, host)));

/**
 * Names of the hosts on which a task of this host may change what was read, wherever it is done. A noun is about its own
 * host, unless it says otherwise. What a verb runs may reach any (a database, a mount, a cluster), and a task that is
 * done once is done for all.
 */
export const hostsMeant = (run: PlayRun, task: TaskNode, host: HostRun): readonly string[] => {
	const module = findModule(task.module);
	const reachesOthers =
		module?.kind === 'action' ? module.once === true || !onlyLooks(task) : module?.changesOthers === true;
	return reachesOthers || task.runOnce !== undefined ? run.hosts.map(({ name }) => name) : [host.name];
};

/**
 * What was read on these hosts, by whatever way to them, may not be so any more.
 * @param except this one knows by itself
 */
export function forgetReads({ context }: PlayRun, names: readonly string[], except?: Target): void {
	for (const target of [...new Set(names)].flatMap((name) => context.targets.of(name))) {
		if (target !== except) {
			target.forget();
		}
	}
}
