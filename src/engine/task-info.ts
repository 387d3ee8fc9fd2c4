import type { IncludeNode, TaskNode } from '../playbook/types.ts';
import type { TaskInfo } from './events.ts';
import type { HostRun } from './host.ts';
import type { PlayRun } from './run-context.ts';
import { hostVars, taskVars } from './variables.ts';

/** A task as reports show it. A name with templates is rendered for the first host, or shown as it is written. */
export function taskInfo(
	run: PlayRun,
	task: TaskNode | IncludeNode,
	host: HostRun,
	handler: boolean,
): TaskInfo {
	return {
		id: task.id,
		name: nameOf(run, task, host),
		module: task.kind === 'task' ? task.module : `include_${task.what}`,
		role: task.role?.name,
		play: run.play.name,
		handler,
		source: task.source,
		noLog: task.noLog === true,
	};
}

function nameOf(run: PlayRun, task: TaskNode | IncludeNode, host: HostRun): string {
	if (!task.name.includes('{{')) {
		return task.name;
	}

	try {
		return String(taskVars(hostVars(run, host), task).render(task.name));
	} catch {
		return task.name;
	}
}
