import { setTimeout as sleep } from 'node:timers/promises';
import type { Run } from '../module/contract.ts';
import type { TaskNode } from '../playbook/types.ts';
import type { Vars } from '../vars/vars.ts';
import type { HostRun } from './host.ts';
import { find } from './local-files.ts';
import type { PlayRun } from './run-context.ts';
import { readVarsFile } from './vars-file.ts';

/** What a module may ask of the run that its task is part of. */
export function runOf({ context }: PlayRun, task: TaskNode, host: HostRun, vars: Vars): Run {
	const { options } = context;
	return {
		...context.files.for(task, vars),
		signal: options.interrupt.killing,
		evaluate: (expression) => vars.evaluate(expression, task.source),
		variable: (name) => vars.get(name),
		varsFile: async (src) => {
			const values = await readVarsFile(find(src, 'vars', task), options);
			return vars.render(values) as Readonly<Record<string, unknown>>;
		},
		sleep: async (seconds) => {
			context.emit({ kind: 'host-progress', host: host.name, text: `waiting ${seconds} s` });
			await sleep(seconds * 1000, undefined, { signal: options.interrupt.killing });
		},
		prompt: async (question, { echo = true } = {}) => options.prompt?.(question, echo),
	};
}
