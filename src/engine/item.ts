import { setTimeout as sleep } from 'node:timers/promises';
import { Unreachable } from '../errors.ts';
import type { Module } from '../module/contract.ts';
import { findModule } from '../modules/index.ts';
import type { TaskNode } from '../playbook/types.ts';
import { Unknown } from '../vars/types.ts';
import { DependsOnUnknown, type Vars } from '../vars/vars.ts';
import { type Attempt, attemptAction, attemptState } from './attempt.ts';
import type { ItemResult } from './events.ts';
import { asFailure } from './failure.ts';
import { nothingToDo } from './guards.ts';
import type { HostRun } from './host.ts';
import { failure, type ItemOutcome, outputOf, skipped, withoutWords } from './item-outcome.ts';
import { holds, judge, onlyLooks, withResult } from './judge.ts';
import { lookPast } from './look-ahead.ts';
import { announces, notifying, record, settle } from './notifying.ts';
import { extended, resultFields } from './registered.ts';
import type { PlayRun, RunContext } from './run-context.ts';
import { runOf } from './run-of-task.ts';
import type { Target } from './target.ts';
import { forgetReads, hostsMeant, playTarget, targetOf } from './target-of-task.ts';
import { shownArguments, validated } from './task-arguments.ts';
import { numberOf, type Settings, settingsOf } from './task-settings.ts';

/**
 * Judge the conditions of one item, and do it. Never throws for what a host or a playbook does wrong.
 * @param following variables of the items that come next
 */
export async function runItem(
	run: PlayRun,
	task: TaskNode,
	host: HostRun,
	vars: Vars,
	label: string | undefined,
	following: () => readonly Vars[],
): Promise<ItemOutcome> {
	try {
		const refusing = task.when.find((condition) => !vars.test(condition));
		if (refusing !== undefined) {
			return skipped(label, `when: ${String(refusing.text)}`);
		}
	} catch (error) {
		return failure(error, label, task.name);
	}

	let settings: Settings;
	try {
		settings = settingsOf(task, vars, run.context.options);
	} catch (error) {
		return failure(error, label, task.name);
	}

	try {
		const outcome = await attempts(run, task, host, vars, settings, label, following);
		return settings.noLog ? withoutWords(outcome) : outcome;
	} catch (error) {
		const outcome = failure(error, label, task.name);
		return settings.noLog ? withoutWords(outcome) : outcome;
	}
}

async function attempts(
	run: PlayRun,
	task: TaskNode,
	host: HostRun,
	vars: Vars,
	settings: Settings,
	label: string | undefined,
	following: () => readonly Vars[],
): Promise<ItemOutcome> {
	const module = findModule(task.module);
	if (module === undefined) {
		throw new Error(`module ${task.module} passed the loader`);
	}

	const { context } = run;
	const target = targetOf(run, task, host, vars);
	const args = validated(module, task, vars, context.options.redactor);
	if (module.kind === 'action') {
		const reason = await nothingToDo(task.guards, vars, target.reader(settings.as, settings.check));
		if (reason !== undefined) {
			return skipped(label, reason);
		}
	}

	const concerned = [target.name, ...hostsMeant(run, task, host)];
	const keys = notifying(run, task, vars);
	const noted: string[] = [];
	const tries = task.until === undefined ? 1 : 1 + numberOf('retries', vars.render(task.retries ?? 3));
	const delay = numberOf('delay', vars.render(task.delay ?? 5));
	for (let attempt = 1; ; attempt++) {
		const made = await tryOnce(module, args, {
			context,
			target,
			as: settings.as,
			run: runOf(run, task, host, vars),
			check: settings.check,
			diff: settings.diff,
			timeout: settings.timeout,
			needsOutput: [task.register, task.until, task.changedWhen, task.failedWhen].some(
				(keyword) => keyword !== undefined,
			),
			onlyLooks: onlyLooks(task),
			label,
			taskName: task.name,
			// Before the change, so that a run that dies in between cannot lose the restart.
			beforeWrite: async () => {
				noted.push(...(await record(run, host, keys, settings.as)));
			},
			lookPast: () => {
				// What is changed elsewhere does not travel with reads of this host.
				if (target === playTarget(run, host)) {
					lookPast(run, task, host, following());
				}
			},
			afterwards: () => forgetReads(run, concerned, target),
		});
		const judged = unlessGroundIsMissing(judge(task, vars, made), task.name, context, target);
		const done =
			task.until === undefined ||
			context.options.check ||
			judged.item.status === 'unreachable' ||
			holds(task.until, withResult(task, vars, judged.registered), judged.item, false);
		if (done || attempt >= tries || context.options.interrupt.finishing) {
			await settle(run, host, keys, noted, judged.item.status);
			target.wouldChange ||= settings.check && announces(judged.item.status);
			const failed = !done && judged.item.status !== 'failed';
			const item: ItemResult = {
				...judged.item,
				...(failed
					? { status: 'failed', message: `not what \`until\` waits for after ${attempt} tries` }
					: {}),
				...(task.until === undefined ? {} : { attempts: attempt }),
				...(context.options.showArgs ? { args: shownArguments(args) } : {}),
			};
			return {
				item,
				registered:
					judged.registered instanceof Unknown
						? judged.registered
						: extended(judged.registered, failed ? { failed } : {}, { attempts: attempt }),
				effects: judged.effects,
				delegatedTo: target.name === host.name ? undefined : target.name,
			};
		}

		context.emit({
			kind: 'host-progress',
			host: host.name,
			text: `try ${attempt} of ${tries} was not it, again in ${delay} s`,
		});
		await sleep(delay * 1000, undefined, { signal: context.options.interrupt.killing }).catch(
			() => undefined,
		);
		forgetReads(run, concerned);
	}
}

/** What fails in a check may succeed once the earlier changes are made; saying "failed" would be a guess. */
function unlessGroundIsMissing(
	attempt: Attempt,
	taskName: string,
	{ options }: RunContext,
	{ wouldChange }: Target,
): Attempt {
	const { item } = attempt;
	return options.check && wouldChange && item.status === 'failed' && item.output !== undefined
		? {
				item: {
					...item,
					status: 'might',
					message: `cannot be judged before earlier changes are made: ${item.message}`,
				},
				registered: new Unknown(`the result of "${taskName}"`),
				effects: undefined,
			}
		: attempt;
}

/** One try; what fails is a value here, because `failed_when` and `until` may see it differently. */
async function tryOnce(
	module: Module,
	args: never,
	options: Parameters<typeof attemptState>[2],
): Promise<Attempt> {
	try {
		return await (module.kind === 'state'
			? attemptState(module, args, options)
			: attemptAction(module, args, options));
	} catch (error) {
		if (error instanceof DependsOnUnknown) {
			throw error;
		}

		const { message, hint, result = {} } = asFailure(error);
		const status = error instanceof Unreachable ? 'unreachable' : 'failed';
		if (status === 'unreachable') {
			options.target.forgetLock();
		}

		return {
			item: { label: options.label, status, message, hint, output: outputOf(result) },
			registered: extended(
				{ changed: false, failed: true, skipped: false, msg: message },
				resultFields(result),
			),
			effects: undefined,
		};
	}
}
