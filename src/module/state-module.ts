import type { z } from 'zod';
import type { Change, Local, State, StateDefinition, StateModule, StepList } from './contract.ts';

/** Makes a noun from its definition; the types of arguments and state are checked against each other here. */
export const stateModule = <Schema extends z.ZodObject, S extends State>(
	definition: StateDefinition<Schema, S>,
): StateModule & StateDefinition<Schema, S> =>
	// The engine hands each function only what the same module's schema and `current` made.
	({ kind: 'state', ...definition }) as unknown as StateModule & StateDefinition<Schema, S>;

/** The steps for one change. */
export function stepsFor(module: StateModule, args: never, change: Change, local: Local): StepList {
	switch (change.action) {
		case 'create':
			return module.create(args, change, local);
		case 'update':
			return module.update(args, change, local);
		case 'delete':
			return module.delete(args, change, local);
	}
}
