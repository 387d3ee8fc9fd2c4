import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { Diagnostics } from '../diagnostics.ts';
import { BadInput } from '../errors.ts';
import type { Run } from '../module/contract.ts';
import type { TaskNode } from '../playbook/types.ts';
import type { Vars } from '../vars/vars.ts';
import { readYaml } from '../yaml/read.ts';
import type { HostRun } from './host.ts';
import { find } from './local-files.ts';
import type { PlayRun } from './run-context.ts';

/** What a module may ask of the run that its task is part of. */
export function runOf({ context }: PlayRun, task: TaskNode, host: HostRun, vars: Vars): Run {
	const { options } = context;
	return {
		...context.files.for(task, vars),
		signal: options.interrupt.killing,
		evaluate: (expression) => vars.evaluate(expression, task.source),
		variable: (name) => vars.get(name),
		varsFile: async (src) => {
			const problems = new Diagnostics();
			const file = await find(src, 'vars', task);
			const values = await readYaml(file, problems, await readFile(file, 'utf8'));
			if (problems.errors.length > 0) {
				throw new BadInput(problems.errors);
			}

			if (values === null || values === undefined) {
				return {};
			}

			if (typeof values !== 'object' || Array.isArray(values)) {
				throw new BadInput(`${file}: a vars file holds a map of names to values`);
			}

			return vars.render(values) as Readonly<Record<string, unknown>>;
		},
		sleep: async (seconds) => {
			context.emit({ kind: 'host-progress', host: host.name, text: `waiting ${seconds} s` });
			await sleep(seconds * 1000, undefined, { signal: options.interrupt.killing });
		},
		prompt: async (question, { echo = true } = {}) => options.prompt?.(question, echo),
	};
}
