import type { z } from 'zod';
import type { State, StateDefinition, StateModule } from '../src/module/contract.ts';
import type { FakeRun } from './rows/fake-run.ts';
import type { ArgumentsOf } from './rows.ts';

/**
 * What every noun owes on a real host, run by test/modules.container.test.ts: looking changes nothing, applying
 * brings it about, and then there is nothing left to do. All rows share one host, so each keeps to paths, users
 * and names of its own.
 */
export type Contract = {
	readonly title: string;
	readonly args: unknown;
	/** Shell line, as root, before anything is looked at. */
	readonly setup: string | undefined;
	/** Shell line, as root, that succeeds when a person would be content. It must fail before. */
	readonly verify: string;
	readonly run: FakeRun | undefined;
};

type Written<Arguments> = {
	readonly title: string;
	readonly args: Arguments;
	readonly setup?: string;
	readonly verify: string;
	/** What lies beside the playbook. */
	readonly run?: FakeRun;
};

export const contractRows = <Schema extends z.ZodObject, S extends State>(
	_module: StateModule & StateDefinition<Schema, S>,
	rows: readonly Written<ArgumentsOf<StateModule & StateDefinition<Schema, S>>>[],
): readonly Contract[] => rows.map(({ setup, run, ...row }) => ({ ...row, setup, run }));
