import { TaskFailed, Unreachable } from '../errors.ts';
import { ReadFailed } from '../module/impossible.ts';
import type { ResidentGone } from './frames.ts';

/**
 * What the end of a shell on a host means to those who waited for it.
 * @param lost why the connection is gone; undefined when it is not
 * @param step what it was doing; undefined when it was only read from
 */
export function whatEnded(
	host: string,
	{ message, how }: ResidentGone,
	lost: string | undefined,
	step: string | undefined,
): Unreachable | ReadFailed | TaskFailed {
	const doing =
		step === undefined
			? 'it was read from; running again is safe'
			: `${step} ran; it may or may not have finished: running again is safe`;
	if (lost !== undefined) {
		return new Unreachable(`the connection to ${host} was lost (${lost}) while ${doing}`);
	}

	switch (how) {
		case 'silent':
			return new Unreachable(`${host} let us in, and no shell answers there: ${message}`, {
				hint: 'the login shell has to be a shell (chsh sets it), and its start-up files may not put another program in its place: "ssh HOST true" has to end by itself',
			});
		case 'stuck':
			return new Unreachable(`the shell on ${host} is stuck: ${message} while ${doing}`, {
				hint: 'something hangs there, such as the files of a server that is gone: "ps -eo stat,args" on the host shows what waits in state D',
			});
		case 'ended': {
			const text = `the shell on ${host} ended (${message}) while ${doing}`;
			return step === undefined ? new ReadFailed(text) : new TaskFailed(text);
		}
	}
}
