import { TaskFailed } from '../errors.ts';
import type { ActionModule, Reader } from '../module/contract.ts';
import type { ItemResult } from './events.ts';

type Said = Pick<ItemResult, 'status' | 'message'>;

/** What a check says of a verb that waits: it is not waited for, and what it waits for may well not be there to be asked. */
export async function wouldWait(module: ActionModule, args: never, reader: Reader): Promise<Said> {
	if (module.lack === undefined) {
		return { status: 'skipped', message: 'would wait' };
	}

	try {
		const lack = await module.lack(args, reader);
		return { status: 'ok', message: lack === undefined ? 'would not wait' : `would wait: ${lack}` };
	} catch (error) {
		if (error instanceof TaskFailed) {
			return { status: 'ok', message: `would wait: ${error.message}` };
		}

		throw error;
	}
}
