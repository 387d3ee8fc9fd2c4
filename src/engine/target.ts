import { gatherBasicFacts, gatherFacts } from '../facts/gather.ts';
import type { Output, Reader, Step } from '../module/contract.ts';
import type { BasicFacts, Facts } from '../module/facts.ts';
import type { As, PerformOptions, Session } from '../session/types.ts';
import { Overlay } from './overlay.ts';
import { Reach } from './reach.ts';

/** A machine as tasks act on it: a host by one way of reaching it. Delegation may bring others than the play's. */
export class Target {
	readonly name: string;
	readonly session: Session;
	/** Check mode: files as they would be by now. */
	readonly overlay = new Overlay();
	/** Check mode: an earlier task would have changed something here. */
	wouldChange = false;
	/** Taking the host's lock, once begun. */
	locked: Promise<void> | undefined;
	/** Gives the lock back, once there is one. */
	unlock: (() => Promise<void>) | undefined;
	/** How far ahead of the task in hand it has been read. */
	readonly ahead = new Reach();
	#facts: Promise<Facts> | undefined;
	#basicFacts: Promise<BasicFacts> | undefined;

	constructor(name: string, session: Session) {
		this.name = name;
		this.session = session;
	}

	/** Asked for once per run, and again after `forgetFacts`. @throws Unreachable */
	facts(): Promise<Facts> {
		const asked =
			this.#facts ??
			gatherFacts(this.session.reader()).catch((error: unknown) => {
				this.#facts = undefined;
				throw error;
			});
		this.#facts = asked;
		return asked;
	}

	/** A part of the facts, of those that are there already. @throws Unreachable */
	basicFacts(): Promise<BasicFacts> {
		this.#basicFacts ??=
			this.#facts ??
			gatherBasicFacts(this.session.reader()).catch((error: unknown) => {
				this.#basicFacts = undefined;
				throw error;
			});
		return this.#basicFacts;
	}

	forgetFacts(): void {
		this.#facts = undefined;
		this.#basicFacts = undefined;
	}

	/**
	 * Do steps. `meanwhile` is called when they are on their way: what it asks travels with them and is answered after.
	 * @param onlyLooks they change nothing by their author's word: no change is to be expected behind them
	 */
	perform(
		steps: readonly Step[],
		as: As,
		options: PerformOptions = {},
		meanwhile: () => void = () => {},
		onlyLooks = false,
	): Promise<readonly Output[]> {
		this.ahead.forget(onlyLooks);
		const performing = this.session.perform(steps, as, options);
		meanwhile();
		return performing;
	}

	/** What was read may not be so any more. */
	forget(): void {
		this.ahead.forget();
		this.session.forget();
	}

	/** The connection is lost, and the lock with our shell there; what is done next takes it anew. */
	forgetLock(): void {
		this.locked = undefined;
		this.unlock = undefined;
	}

	/** Log in again with the next request; the lock is taken anew, because its holder was our shell there. */
	async hangUp(): Promise<void> {
		this.locked = undefined;
		await this.session.close();
	}

	/** Close, and try until the host answers again. Seconds. */
	async reconnect(options: { readonly timeout: number; readonly delay: number }): Promise<void> {
		this.locked = undefined;
		await this.session.reconnect(options);
	}

	/** Give the lock back, and hang up. */
	async end(): Promise<void> {
		try {
			await this.unlock?.();
		} finally {
			await this.session.close();
		}
	}

	/** What `current` of a module gets; in a check it sees what was announced before. */
	reader(as: As, check: boolean): Reader {
		const reader = this.session.reader(as);
		return { ...(check ? this.overlay.over(reader) : reader), facts: () => this.basicFacts() };
	}
}
