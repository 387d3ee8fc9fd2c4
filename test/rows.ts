import type { ExecutionContext } from 'ava';
import { z } from 'zod';
import { compare } from '../src/module/compare.ts';
import type {
	ActionDefinition,
	ActionModule,
	ActionOutcome,
	Content,
	Detail,
	State,
	StateDefinition,
	StateModule,
	Step,
} from '../src/module/contract.ts';
import { showStep } from '../src/module/show-step.ts';
import { stepsFor } from '../src/module/state-module.ts';
import { Secret } from '../src/shell/secret.ts';
import { withoutRoot } from './rows/controller-files.ts';
import { type FakeHost, hostFrom } from './rows/fake-host.ts';
import { type FakeRun, runFrom } from './rows/fake-run.ts';

/** One test of a module, run by test/modules.test.ts. */
export type Row = { readonly title: string; exec(t: ExecutionContext): Promise<void> };

/** A step as `showStep` prints it, alone or with the full text that it uploads, runs or gives to a program. */
export type ExpectedStep = string | { readonly step: string; readonly content: string };

/** What a row may write as arguments of this module: misspelt ones do not compile. */
export type ArgumentsOf<Module extends { readonly args: z.ZodObject }> = SharpInput<Module['args']>;

// A module's `args` is the schema both as anybody's and as its own; only the latter knows the names.
type SharpInput<Schema> = Schema extends z.ZodObject & (infer Own extends z.ZodObject) ? z.input<Own> : never;

type Case<Schema extends z.ZodObject> = {
	readonly title: string;
	readonly args: SharpInput<Schema>;
	/** What the host would answer. A read that it does not answer fails the test. */
	readonly host?: FakeHost;
	/** What lies beside the playbook, and what the run would answer. */
	readonly run?: FakeRun;
	/** Exactly these, in this order. None when not given. */
	readonly steps?: readonly ExpectedStep[];
	/** It must fail with this message (or hint). */
	readonly error?: RegExp;
};

type StateCase<Schema extends z.ZodObject> = Case<Schema> & {
	readonly detail?: readonly Detail[];
	/** Fields of the registered result, computed from the desired state. */
	readonly result?: Readonly<Record<string, unknown>>;
};

type ActionCase<Schema extends z.ZodObject> = Case<Schema> & {
	/** The parts of the outcome that matter. */
	readonly outcome?: Partial<ActionOutcome>;
};

/** With these arguments and this host, exactly these steps follow. */
export const stateRows = <Schema extends z.ZodObject, S extends State>(
	module: StateModule & StateDefinition<Schema, S>,
	cases: readonly StateCase<Schema>[],
): readonly Row[] => cases.map((row) => rowOf(row, async (t) => stateCase(t, module, row)));

/** With these arguments and this host, the verb performs exactly these steps. */
export const actionRows = <Schema extends z.ZodObject>(
	module: ActionModule & ActionDefinition<Schema>,
	cases: readonly ActionCase<Schema>[],
): readonly Row[] => cases.map((row) => rowOf(row, async (t) => actionCase(t, module, row)));

const rowOf = (
	{ title, error }: { readonly title: string; readonly error?: RegExp },
	run: Row['exec'],
): Row => ({
	title,
	async exec(t) {
		if (error === undefined) {
			await run(t);
			return;
		}

		const thrown = await t.throwsAsync(async () => run(t));
		t.regex(explain(thrown), error);
	},
});

async function stateCase(
	t: ExecutionContext,
	module: StateModule,
	row: StateCase<z.ZodObject>,
): Promise<void> {
	const args = module.args.parse(row.args);
	const host = hostFrom(row.host);
	const local = runFrom(row.run);
	const before = await module.current(args, host, local);
	const after = await module.desired(args, local, before);
	t.true(
		[before, after].every(isFlat),
		'a state is a flat record of texts, numbers, booleans and lists of texts',
	);
	const change = compare(before, after);
	const steps = change === undefined ? [] : await stepsFor(module, args as never, change, local);
	match(t, [...steps, ...(module.triggers?.(args as never) ?? [])], row.steps ?? []);
	if (row.detail !== undefined) {
		t.deepEqual(change && (await module.detail?.(args, change, host, local)), row.detail);
	}

	if (row.result !== undefined) {
		t.deepEqual(module.result?.(args, after), row.result);
	}
}

async function actionCase(
	t: ExecutionContext,
	module: ActionModule,
	row: ActionCase<z.ZodObject>,
): Promise<void> {
	const steps: (Step | string)[] = [];
	const outcome = await module.act(
		module.args.parse(row.args),
		hostFrom(row.host, steps),
		runFrom(row.run, steps),
	);
	match(t, steps, row.steps ?? []);
	if (row.outcome !== undefined) {
		t.like(outcome, row.outcome);
	}
}

const isFlat = (state: State | undefined): boolean =>
	Object.values(state ?? {}).every((value) =>
		Array.isArray(value)
			? value.every((item) => typeof item === 'string')
			: ['string', 'number', 'boolean', 'undefined'].includes(typeof value),
	);

function match(
	t: ExecutionContext,
	steps: readonly (Step | string)[],
	expected: readonly ExpectedStep[],
): void {
	t.deepEqual(
		steps.map((step, index) => {
			const shown = withoutRoot(typeof step === 'string' ? step : showStep(step));
			return typeof expected[index] === 'object' && typeof step === 'object'
				? { step: shown, content: contentOf(step) }
				: shown;
		}),
		[...expected],
	);
}

function contentOf(step: Step): string | undefined {
	switch (step.kind) {
		case 'command':
			return step.input === undefined ? undefined : textOf(step.input);
		case 'upload':
			return textOf(step.content);
		case 'script':
			return textOf(step.text);
	}
}

function textOf(content: Content): string {
	if (content instanceof Secret) {
		return content.reveal();
	}

	if (typeof content === 'string') {
		return content;
	}

	return content instanceof Uint8Array ? Buffer.from(content).toString() : withoutRoot(content.path);
}

function explain(thrown: unknown): string {
	if (thrown instanceof z.ZodError) {
		return z.prettifyError(thrown);
	}

	const { message, hint = '' } = thrown as { readonly message: string; readonly hint?: string };
	return `${message}\n${hint}`;
}
