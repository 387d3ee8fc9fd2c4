import { findModule } from '../modules/index.ts';
import type { TaskNode } from '../playbook/types.ts';
import type { SecretSource } from '../secrets/source.ts';
import type { Vars } from '../vars/vars.ts';
import { nothingToDo } from './guards.ts';
import type { HostRun } from './host.ts';
import { loopValues } from './loop-values.ts';
import type { PlayRun } from './run-context.ts';
import { playTarget } from './target-of-task.ts';
import { validated } from './task-arguments.ts';
import { settingsOf } from './task-settings.ts';
import { hostVars, taskVars } from './variables.ts';

/**
 * While a task is judged, ask for the following ones what they will ask: the answers travel with this task's own and
 * are there when the turn comes. Nothing is decided here. A write throws the answers away, and the look goes less far
 * for a while, since what follows a change is often one too. It ends at a task that will run a command for certain: behind that,
 * all is asked anew. What cannot be computed yet is left to its turn.
 * @param isDone whether the task has been judged, and there is nothing to do meanwhile
 */
export async function lookAhead(
	run: PlayRun,
	task: TaskNode,
	host: HostRun,
	isDone: () => boolean,
): Promise<void> {
	const place = run.upcoming.placeOf(task);
	if (place === undefined || run.context.options.lookAhead === 0) {
		return;
	}

	try {
		if (!playTarget(run, host).session.isConnected) {
			// Logging in goes first: the host has its part to do there, and this can be done meanwhile.
			await run.context.idle();
			if (isDone()) {
				return;
			}
		}

		const { tasks, index } = place;
		const { ahead } = playTarget(run, host);
		const end = ahead.reach(tasks, index, run.context.options.lookAhead);
		const following = end === undefined ? [] : tasks.slice(index + 1, end);
		if (following.length > 0) {
			const base = hostVars(run, host, knownOnly(run.context.options.secrets));
			const acts = following.findIndex((next) => early(() => ask(run, next, host, base)));
			if (acts >= 0) {
				ahead.stop(index + acts + 2);
			}
		}
	} catch {
		// The host cannot be reached as its variables say: its own task will tell.
	}
}

/**
 * A change is on its way to the host: what follows is asked behind it, in the same request, so that changes in a row
 * cost a round trip each.
 * @param items variables of the items that the loop of this task has left
 */
export function lookPast(run: PlayRun, task: TaskNode, host: HostRun, items: readonly Vars[]): void {
	if (run.context.options.lookAhead === 0) {
		return;
	}

	for (const vars of items) {
		early(() => askItem(run, task, host, vars));
	}

	if (items.length === 0) {
		void lookAhead(run, task, host, () => false);
	}
}

function early(asking: () => boolean): boolean {
	try {
		return asking();
	} catch {
		// It depends on what is not known yet, or is wrong: its turn will tell.
		return false;
	}
}

/** Whether the task will do something to the host, whatever is read there. */
function ask(run: PlayRun, task: TaskNode, host: HostRun, base: Vars): boolean {
	const items =
		task.loop === undefined
			? [{}]
			: loopValues(taskVars(base, task).render(task.loop, task.source)).map((value, index) => ({
					[task.loopControl.loopVar]: value,
					...(task.loopControl.indexVar === undefined ? {} : { [task.loopControl.indexVar]: index }),
				}));
	return items.map((item) => askItem(run, task, host, taskVars(base, task, item))).includes(true);
}

function askItem(run: PlayRun, task: TaskNode, host: HostRun, vars: Vars): boolean {
	const module = findModule(task.module);
	const isElsewhere = task.delegateTo !== undefined || task.connection !== run.play.keywords.connection;
	const { options, files } = run.context;
	if (
		module === undefined ||
		isElsewhere ||
		task.runOnce !== undefined ||
		!task.when.every((condition) => vars.test(condition))
	) {
		return false;
	}

	const { as, check } = settingsOf(task, vars, options);
	const reader = playTarget(run, host).reader(as, options.check);
	const looking =
		module.kind === 'state'
			? module.current(validated(module, task, vars, options.redactor), reader, files.for(task, vars))
			: nothingToDo(task.guards, vars, reader);
	// A read that fails is asked again in its turn, and fails there with its name.
	looking.catch(() => undefined);
	const isGuarded = Object.values(task.guards).some((guard) => guard !== undefined);
	return module.kind === 'action' && module.effect === 'changes' && !isGuarded && !check;
}

/** Looking ahead must not make secrets that may never be needed. */
const knownOnly = (secrets: SecretSource | undefined): SecretSource | undefined =>
	secrets && {
		get: (reference) => {
			const known = secrets.known?.(reference);
			if (known === undefined) {
				throw new Error(`the secret ${reference.name} is not there yet`);
			}

			return known;
		},
	};
