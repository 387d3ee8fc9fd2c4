import type { TaskNode } from '../playbook/types.ts';
import type { Vars } from '../vars/vars.ts';
import { HostRun } from './host.ts';
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
