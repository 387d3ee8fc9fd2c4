import type { z } from 'zod';
import type { ActionDefinition, ActionModule } from './contract.ts';

/** Makes a verb from its definition. */
export const actionModule = <Schema extends z.ZodObject>(
	definition: ActionDefinition<Schema>,
): ActionModule & ActionDefinition<Schema> =>
	// The engine hands `act` only what the same module's schema made.
	({ kind: 'action', ...definition }) as unknown as ActionModule & ActionDefinition<Schema>;
