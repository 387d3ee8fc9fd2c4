import { TaskFailed } from '../errors.ts';

/** Something that a module cannot do, with the reason; for a change that makes no sense, such as deleting a unit. */
export class Impossible extends TaskFailed {
	override readonly name = 'Impossible';
}

export const impossible = (reason: string, hint?: string): never => {
	throw new Impossible(reason, { hint });
};

/** A command that only looks has failed: the state of the host is not known. */
export class ReadFailed extends TaskFailed {
	override readonly name = 'ReadFailed';
}
