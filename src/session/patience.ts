import { within } from '../connection/promises.ts';
import { Unreachable } from '../errors.ts';

/** Seconds after which a conversation is not waited for any more, so that no host can hold a run up for ever. */
export type Patience = {
	/** For a connection, whatever it consists of. */
	readonly connecting: number;
	/** For a program to be started on the host. */
	readonly opening: number;
	/** For a shell that was started to answer for the first time. */
	readonly answering: number;
	/** For an answer to what is only read. */
	readonly reading: number;
	/** For a connection to end. */
	readonly closing: number;
};

/** From the seconds in which a host has to be reached (`ansible_timeout`). Logging in asks more of it than that. */
export const patienceFor = (timeout = 10): Patience => ({
	connecting: timeout * 12,
	opening: timeout * 3,
	answering: timeout * 2,
	reading: timeout * 30,
	closing: 5,
});

/**
 * @param tooLate what becomes of a value that comes after all
 * @throws Unreachable with `what` when it takes longer than these seconds
 */
export async function bounded<T>(
	seconds: number,
	promise: Promise<T>,
	what: string,
	tooLate: (value: T) => unknown = () => {},
): Promise<T> {
	const done = await within(
		seconds,
		promise.then((value) => ({ value })),
	);
	if (done === undefined) {
		promise.then(tooLate).catch(() => {});
		throw new Unreachable(`${what} within ${seconds} s`, {
			hint: 'is the host busy, or does something between here and there keep connections open without passing anything on? ansible_timeout sets the seconds',
		});
	}

	return done.value;
}
