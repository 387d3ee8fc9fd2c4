import { TaskFailed } from '../errors.ts';
import type {
	ActionModule,
	ActionOutcome,
	Output,
	Reader,
	Run,
	StateModule,
	Step,
} from '../module/contract.ts';
import { showStep } from '../module/show-step.ts';
import type { As } from '../session/types.ts';
import { Unknown } from '../vars/types.ts';
import { converge } from './converge.ts';
import type { ItemResult } from './events.ts';
import { lockHost } from './host-lock.ts';
import { expectWhole, extended, outputFields, resultFields } from './registered.ts';
import type { RunContext } from './run-context.ts';
import type { Target } from './target.ts';
import { wouldWait } from './would-wait.ts';

/** One try at a task (or one item of it) on one host. */
export type Attempt = {
	readonly item: ItemResult;
	/** What `register` gets; Unknown when it was not run. */
	readonly registered: Readonly<Record<string, unknown>> | Unknown;
	/** What a verb asks the engine to do besides. */
	readonly effects: ActionOutcome | undefined;
};

export type AttemptOptions = {
	readonly context: RunContext;
	/** Where it is done. */
	readonly target: Target;
	readonly as: As;
	readonly run: Run;
	readonly check: boolean;
	readonly diff: boolean;
	/** Seconds. */
	readonly timeout: number | undefined;
	/** Something asks for the result: what a program says has to be whole. */
	readonly needsOutput: boolean;
	/** By its author's word the task changes nothing. */
	readonly onlyLooks: boolean;
	/** Called before anything is written, so that a notified handler cannot be lost. */
	beforeWrite(): Promise<void>;
	/** Called when a change is on its way: what it asks travels with it, and is answered after. */
	lookPast(): void;
	/** Called when something was done or waited for: on other machines, too, what was read may not be so any more. */
	afterwards(): void;
	readonly label: string | undefined;
	readonly taskName: string;
};

/** Bring a noun about. */
export async function attemptState(
	module: StateModule,
	args: never,
	options: AttemptOptions,
): Promise<Attempt> {
	const { target, as, run, check, diff } = options;
	const reader = target.reader(as, check);
	const { result, ...shown } = await converge(module, args, {
		reader,
		local: run,
		check,
		diff,
		overlay: target.overlay,
		wouldChange: target.wouldChange,
		perform: (steps, meanwhile) =>
			write(steps, module.finishes, options, () => {
				meanwhile();
				options.lookPast();
			}),
	});
	const { status, output } = shown;
	return {
		item: { label: options.label, ...shown },
		registered:
			check && status !== 'ok'
				? status === 'might'
					? new Unknown(`the result of "${options.taskName}"`)
					: { changed: true, failed: false, skipped: false, ...unknownFields(module, options.taskName) }
				: extended(
						{ changed: status === 'changed', failed: false, skipped: false },
						outputFields(output),
						resultFields(result),
					),
		effects: undefined,
	};
}

/** Do a verb. */
export async function attemptAction(
	module: ActionModule,
	args: never,
	options: AttemptOptions,
): Promise<Attempt> {
	const { target, as, run, check, label, taskName } = options;
	const effect = typeof module.effect === 'function' ? module.effect(args) : module.effect;
	if (check && effect !== 'reads') {
		return {
			item: {
				label,
				...(effect === 'waits'
					? await wouldWait(module, args, target.reader(as, check))
					: { status: 'would-run' }),
			},
			registered: new Unknown(`the result of "${taskName}"`),
			effects: undefined,
		};
	}

	const steps: string[] = [];
	let touched = false;
	const reader = watching(target.reader(as, check), () => {
		touched = true;
	});
	try {
		const outcome = await module.act(
			args,
			{
				...reader,
				name: target.name,
				perform: async (step) => {
					steps.push(showStep(step));
					const [output] =
						effect === 'changes'
							? await write([step], module.finishes, options)
							: await perform([step], module.finishes, {
									...options,
									afterwards: effect === 'waits' ? options.afterwards : () => {},
								});
					if (output === undefined) {
						throw new Error(`the session gave no output for ${showStep(step)}`);
					}

					return output;
				},
				reconnect: (wait) => target.reconnect(wait),
			},
			run,
		);
		const { output, changed, message, result } = outcome;
		const failed = output !== undefined && output.code !== 0;
		return {
			item: {
				label,
				status: failed ? 'failed' : changed ? 'changed' : 'ok',
				message: failed ? `ended with code ${output.code}` : message,
				output,
				steps,
			},
			registered: extended({ changed, failed, skipped: false }, outputFields(output), resultFields(result)),
			effects: outcome,
		};
	} catch (error) {
		// What fails now may succeed once the earlier changes are made; saying "failed" would be a guess.
		if (options.context.options.check && target.wouldChange && touched && error instanceof TaskFailed) {
			return {
				item: {
					label,
					status: 'might',
					message: `cannot be judged before earlier changes are made: ${error.message}`,
				},
				registered: new Unknown(`the result of "${taskName}"`),
				effects: undefined,
			};
		}

		throw error;
	} finally {
		if (effect === 'waits') {
			target.forget();
			options.afterwards();
		}
	}
}

const unknownFields = (module: StateModule, taskName: string): Readonly<Record<string, unknown>> =>
	Object.fromEntries(
		[...Object.keys(module.returns ?? {}), 'rc', 'stdout', 'stderr', 'stdout_lines'].map((field) => [
			field,
			new Unknown(`${field} of the result of "${taskName}"`),
		]),
	);

async function write(
	steps: readonly Step[],
	finishes: boolean | undefined,
	options: AttemptOptions,
	meanwhile?: () => void,
): Promise<readonly Output[]> {
	// A task that runs in a check (`check_mode: false`) only looks, by its author's word: nothing is left behind for it.
	if (!options.context.options.check) {
		await lockHost(options.context, options.target, options.as);
		await options.beforeWrite();
	}

	return perform(steps, finishes, options, meanwhile);
}

async function perform(
	steps: readonly Step[],
	finishes: boolean | undefined,
	{ context, target, as, timeout, run, needsOutput, onlyLooks, afterwards }: AttemptOptions,
	meanwhile?: () => void,
): Promise<readonly Output[]> {
	// A secret that was made just now is stored before a host gets it, or nobody would ever know it.
	await context.options.secrets?.flush?.();
	const limits = { timeout, signal: run.signal, finishes };
	const outputs = await target.perform(steps, as, limits, meanwhile, onlyLooks).finally(afterwards);
	if (needsOutput) {
		expectWhole(steps, outputs);
	}

	return outputs;
}

/** The reader, telling when it is used. */
function watching(reader: Reader, onRead: () => void): Reader {
	const watch =
		<Arguments extends readonly unknown[], Result>(ask: (...args: Arguments) => Result) =>
		(...args: Arguments): Result => {
			onRead();
			return ask(...args);
		};
	return {
		facts: reader.facts,
		read: watch(reader.read),
		ask: (question, subject) => {
			onRead();
			return reader.ask(question, subject);
		},
		stat: watch(reader.stat),
		sha256: watch(reader.sha256),
		content: watch(reader.content),
		package: watch(reader.package),
		unit: watch(reader.unit),
		sysctl: watch(reader.sysctl),
		user: watch(reader.user),
		group: watch(reader.group),
	};
}
