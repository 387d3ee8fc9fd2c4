import type { z } from 'zod';
import { TaskFailed } from '../errors.ts';
import { compare } from '../module/compare.ts';
import type { Change, Detail, Local, Output, Reader, State, StateModule, Step } from '../module/contract.ts';
import { Impossible, ReadFailed } from '../module/impossible.ts';
import { nameStep, showStep } from '../module/show-step.ts';
import { stepsFor } from '../module/state-module.ts';
import { BecomeFailed } from '../session/become.ts';
import type { Overlay } from './overlay.ts';
import { carriesSecret, hiddenChange, hiddenDetail } from './secret-change.ts';

/** What a noun needs of the engine to be brought about on one host. */
export type Surroundings = {
	readonly reader: Reader;
	readonly local: Local;
	/** Only say what would be done. */
	readonly check: boolean;
	/** Texts for a diff are wanted. */
	readonly diff: boolean;
	readonly overlay: Overlay;
	/** Check mode: an earlier task would have changed this host, so a failure to read proves nothing. */
	readonly wouldChange: boolean;
	/** `meanwhile` has to be called when the steps are on their way: what it reads travels with them, and is read after them. */
	perform(steps: readonly Step[], meanwhile: () => void): Promise<readonly Output[]>;
};

export type Converged = {
	readonly status: 'ok' | 'changed' | 'might';
	readonly message?: string;
	readonly change?: Change | undefined;
	readonly details?: readonly Detail[] | undefined;
	readonly steps?: readonly string[];
	readonly output?: Output | undefined;
	readonly result: Readonly<Record<string, unknown>>;
};

/**
 * Read, compare, stop if checking, perform, read again, fail when a difference is left: the only loop there is.
 * A check walks the same path and stops before the one place that writes, so it cannot announce anything else.
 * @throws TaskFailed, ReadFailed, Impossible, Unreachable
 */
export async function converge(module: StateModule, args: never, around: Surroundings): Promise<Converged> {
	try {
		return await convergeStrictly(module, args, around);
	} catch (error) {
		if (around.check && around.wouldChange && isBecauseOfMissingGround(error)) {
			return {
				status: 'might',
				message: `cannot be judged before earlier changes are made: ${error.message}`,
				result: {},
			};
		}

		throw error;
	}
}

async function convergeStrictly(
	module: StateModule,
	args: never,
	{ reader, local, check, diff, overlay, wouldChange, perform }: Surroundings,
): Promise<Converged> {
	const current = await module.current(args, reader, local);
	const change = compare(current, await module.desired(args, local, current));
	const triggered = [...(module.triggers?.(args) ?? [])];
	if (check && wouldChange && current === undefined && change === undefined && triggered.length === 0) {
		return { status: 'might', message: 'not there now; an earlier change may bring it', result: {} };
	}

	if (change === undefined && triggered.length === 0) {
		return { status: 'ok', result: module.result?.(args, current) ?? {} };
	}

	const steps = [...(change === undefined ? [] : await stepsFor(module, args, change, local)), ...triggered];
	const secret = steps.some(carriesSecret);
	const texts = await details(module, args, change, diff, reader, local);
	const shown = {
		change: secret && change !== undefined ? hiddenChange(change) : change,
		steps: steps.map(showStep),
		details: secret ? texts?.map(hiddenDetail) : texts,
	};
	if (check) {
		await overlay.announce(steps, module.brings?.(args) ?? {}, reader);
		return { status: 'changed', ...shown, result: {} };
	}

	let reading: Promise<State | undefined> | undefined;
	const outputs = await perform(steps, () => {
		reading = module.current(args, reader, local);
		// Looked at below, unless the steps fail first.
		reading.catch(() => undefined);
	});
	const why = async (): Promise<string> => {
		const lines = (await module.reasons?.(args, reader, local).catch(() => [])) ?? [];
		return lines.map((line) => `\n${line}`).join('');
	};
	await failUnlessDone(steps, outputs, why);
	const after = await reading;
	const left = compare(after, await module.desired(args, local, after));
	if (left !== undefined) {
		const what = whatIsLeft(secret ? hiddenChange(left) : left);
		throw new TaskFailed(`the change was made, yet ${what}${await why()}`, {
			hint: 'something else on the host puts it back, or it needs more than this task does',
			result: { steps: shown.steps },
		});
	}

	return { status: 'changed', ...shown, output: outputs.at(-1), result: module.result?.(args, after) ?? {} };
}

async function details(
	module: StateModule,
	args: never,
	change: Change | undefined,
	wanted: boolean,
	reader: Reader,
	local: Local,
): Promise<readonly Detail[] | undefined> {
	return wanted && change !== undefined
		? module.detail?.(args as z.output<z.ZodObject> & never, change, reader, local)
		: undefined;
}

const mayNot = /permission denied|access denied|not permitted|authentication is required/i;

/** @throws TaskFailed with what the step that failed had to say. */
async function failUnlessDone(
	steps: readonly Step[],
	outputs: readonly Output[],
	why: () => Promise<string>,
): Promise<void> {
	const failed = outputs.findIndex(({ code }) => code !== 0);
	const [step, output] = [steps[failed], outputs[failed]];
	if (step === undefined || output === undefined) {
		return;
	}

	throw new TaskFailed(`\`${nameStep(step)}\` ended with code ${output.code}${await why()}`, {
		hint: mayNot.test(output.stderr)
			? 'only root may do this: use become (`become: true` in the play, or -b)'
			: undefined,
		result: { rc: output.code, stdout: output.stdout, stderr: output.stderr, step: showStep(step) },
	});
}

function whatIsLeft(left: Change): string {
	switch (left.action) {
		case 'create':
			return 'it is still not there';
		case 'delete':
			return 'it is still there';
		case 'update':
			return [...left.keys]
				.map((key) => `${key} is still ${show(left.before, key)}, not ${show(left.after, key)}`)
				.join('; ');
	}
}

const show = (state: State, key: string): string => {
	const text = JSON.stringify(state[key]) ?? 'not set';
	return text.length > 60 ? 'another text' : text;
};

// What only an earlier, not yet made change brings: a unit of a package, a user to become, a server to ask.
const isBecauseOfMissingGround = (error: unknown): error is Error =>
	error instanceof Impossible || error instanceof ReadFailed || error instanceof BecomeFailed;
