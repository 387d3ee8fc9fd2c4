import { pause, within } from '../connection/promises.ts';
import type { Channel, Connection } from '../connection/types.ts';
import { Unreachable } from '../errors.ts';
import type { Secret } from '../shell/secret.ts';
import { Account } from './account.ts';
import { BecomeFailed, type BecomeMethod, openAs } from './become.ts';
import { Lane } from './lane.ts';
import { bounded, type Patience, patienceFor } from './patience.ts';
import { readerOf } from './reader.ts';
import { Turns } from './turns.ts';
import type { Session } from './types.ts';

export { BecomeFailed } from './become.ts';

export type SessionOptions = {
	/** Name of the host, for messages. */
	readonly name: string;
	/** @throws Unreachable */
	readonly connect: () => Promise<Connection>;
	/** Asked for only when the host asks. */
	readonly becomePassword?: (() => Promise<Secret | undefined>) | undefined;
	/** `sudo` when not given. */
	readonly becomeMethod?: BecomeMethod | undefined;
	/** How long is waited for what; asked for when it is needed. */
	readonly patience?: (() => Patience) | undefined;
};

/** A conversation with one host; it connects when it is first used, and again after it was closed or lost. */
export function createSession(options: SessionOptions): Session {
	const account = new Account();
	const lanes = new Map<string | undefined, Lane>();
	const answers = new Map<string, Promise<unknown>>();
	const turns = new Turns();
	const patience = options.patience ?? (() => patienceFor());
	let connecting: Promise<Connection> | undefined;
	let isConnected = false;
	/** Why there is no connection any more, unless it was us who ended it. */
	let loss: string | undefined;

	const connection = (): Promise<Connection> => {
		if (connecting === undefined) {
			const opening = options.connect().catch((error: unknown) => {
				throw loss === undefined ? error : notAgain(options.name, loss, error);
			});
			const forget = (): void => {
				if (connecting === opening) {
					connecting = undefined;
					isConnected = false;
				}
			};
			connecting = opening;
			opening.then(async ({ closed }) => {
				isConnected = true;
				const reason = await closed;
				loss = connecting === opening ? reason : loss;
				forget();
			}, forget);
		}

		return connecting;
	};

	const open = async (user: string | undefined, line: string): Promise<Channel> => {
		const current = await connection();
		const start = (program: string): Promise<Channel> =>
			bounded(
				patience().opening,
				current.open(program),
				`${options.name}: no program could be started there`,
			);
		return user === undefined
			? start(line)
			: openAs(
					start,
					{
						user,
						host: options.name,
						method: options.becomeMethod ?? 'sudo',
						password: options.becomePassword ?? (async () => undefined),
					},
					line,
				).catch(async (error: unknown) => {
					const reason = error instanceof BecomeFailed ? await within(2, current.closed) : undefined;
					throw reason === undefined
						? error
						: new Unreachable(
								`the connection to ${options.name} was lost (${reason}) while becoming ${user}; running again is safe`,
							);
				});
	};

	const lost = async (): Promise<string | undefined> => {
		const current = await connecting?.catch(() => undefined);
		// A channel is seen to end a little before its connection.
		return current === undefined ? (loss ?? 'it was closed') : within(2, current.closed);
	};

	const lane = (user: string | undefined): Lane => {
		const existing = lanes.get(user);
		if (existing !== undefined) {
			return existing;
		}

		const added = new Lane({
			host: options.name,
			lost,
			open: (line) => account.connecting.during(() => open(user, line)),
			turns,
			account,
			patience,
		});
		lanes.set(user, added);
		return added;
	};

	const close = async (): Promise<void> => {
		answers.clear();
		const current = await connecting?.catch(() => undefined);
		await Promise.all([...lanes.values()].map((each) => each.close()));
		connecting = undefined;
		isConnected = false;
		loss = undefined;
		await within(patience().closing, Promise.resolve(current?.close()));
	};

	return {
		get isConnected() {
			return isConnected;
		},
		get traffic() {
			return account.traffic;
		},
		reader: (as) => readerOf(lane(as?.user), as, answers),
		async perform(steps, as, performOptions) {
			answers.clear();
			return steps.length === 0 ? [] : lane(as?.user).perform(steps, as?.environment, performOptions ?? {});
		},
		forget() {
			answers.clear();
		},
		close,
		async reconnect({ timeout, delay }) {
			const end = Date.now() + timeout * 1000;
			await close();
			await pause(delay);
			for (;;) {
				try {
					const channel = await open(undefined, 'exec true');
					channel.stdout.resume();
					channel.stderr.resume();
					await channel.closed;
					return;
				} catch (error) {
					if (!(error instanceof Unreachable) || Date.now() > end) {
						throw error;
					}

					await pause(Math.min(1, timeout));
				}
			}
		},
	};
}

/** A host that was there and is not: what cannot be reached now may be half-way through what it was told before. */
const notAgain = (name: string, loss: string, error: unknown): unknown =>
	error instanceof Unreachable
		? new Unreachable(
				`the connection to ${name} was lost (${loss}), and there is no way back to it: ${error.message.replace(`${name}: `, '')}; running again is safe`,
				{ ...(error.hint !== undefined && { hint: error.hint }), cause: error },
			)
		: error;
