import { within } from '../connection/promises.ts';
import type { Channel } from '../connection/types.ts';
import { Unreachable } from '../errors.ts';
import type { Output, Step } from '../module/contract.ts';
import type { Account } from './account.ts';
import { ResidentGone, type Settled } from './frames.ts';
import type { Patience } from './patience.ts';
import { type Place, perform, type Writing } from './perform.ts';
import { type Part, Questions } from './questions.ts';
import { Resident } from './resident.ts';
import type { Turn, Turns } from './turns.ts';
import type { As, PerformOptions } from './types.ts';
import { whatEnded } from './what-ended.ts';

/** What a lane needs of its session. */
export type LaneOptions = {
	/** Name of the host, for messages. */
	readonly host: string;
	/** Why the connection is gone; undefined when it is not. */
	readonly lost: () => Promise<string | undefined>;
	/** Opens a program as the lane's user. */
	readonly open: (line: string) => Promise<Channel>;
	readonly turns: Turns;
	readonly account: Account;
	readonly patience: () => Patience;
};

type Reading = { readonly questions: Questions };
type Item = { readonly turn: Turn } & (Reading | Writing);

/** The conversation with a host as one user: a queue of reads and writes, and the shell that does them. */
export class Lane {
	readonly #options: LaneOptions;
	readonly #queue: Item[] = [];
	#resident: Promise<Resident> | undefined;
	/** Shells whose streams belong to what a step has left running; closed at the end, or when there are many. */
	readonly #retired: Resident[] = [];
	/** Folders of shells that ended unasked. */
	#abandoned: readonly string[] = [];
	#awake = false;

	constructor(options: LaneOptions) {
		this.#options = options;
	}

	/** Where to ask: everything that is asked in one tick travels together. */
	questions(): Questions {
		const last = this.#queue.at(-1);
		return last !== undefined && 'questions' in last ? last.questions : this.#enqueue(new Questions());
	}

	perform(
		steps: readonly Step[],
		environment: As['environment'],
		options: PerformOptions,
	): Promise<readonly Output[]> {
		return new Promise((resolve, reject) => {
			const turn = this.#options.turns.claim(this, 'write');
			this.#queue.push({ steps, environment, options, turn, resolve, reject });
			this.#wake();
		});
	}

	/** Ends the shells, which tidy up behind themselves. */
	async close(): Promise<void> {
		const resident = await this.#resident?.catch(() => undefined);
		await Promise.all([resident ?? [], this.#retired.splice(0)].flat().map(end));
		this.#abandoned = [];
	}

	#enqueue(questions: Questions): Questions {
		this.#queue.push({ questions, turn: this.#options.turns.claim(this, 'read') });
		this.#wake();
		return questions;
	}

	#wake(): void {
		if (!this.#awake) {
			this.#awake = true;
			setImmediate(() => void this.#work());
		}
	}

	async #work(): Promise<void> {
		for (let next = this.#queue[0]; next !== undefined; next = this.#queue[0]) {
			const { turn } = next;
			await turn.granted;
			const shell = 'questions' in next ? this.#shell() : undefined;
			// Logging in takes its time, and what is asked meanwhile travels too. If it fails, the read will tell.
			await shell?.catch(() => undefined);
			this.#queue.shift();
			const done = ('questions' in next ? this.#read(next, shell) : perform(next, this.#place)).finally(() =>
				this.#options.turns.end(turn),
			);
			if (turn.mode === 'write') {
				await done;
			}
		}

		this.#awake = false;
	}

	async #read({ questions }: Reading, shell = this.#shell()): Promise<void> {
		const parts = questions.parts();
		try {
			const resident = await shell;
			const returned = this.#sending('reads');
			const answered = resident.giveUpAfter(this.#options.patience().reading);
			const results = resident.run(parts).map((result) => result.finally(returned));
			await this.#settle(parts, results).finally(answered);
		} catch (error) {
			for (const part of parts) {
				part.fail(error);
			}
		}
	}

	async #settle(parts: readonly Part[], results: readonly Promise<Settled>[]): Promise<void> {
		const unanswered: Part[] = [];
		await Promise.all(
			parts.map(async (part, index) => {
				try {
					const raw = await results[index];
					if (raw === undefined) {
						unanswered.push(part);
					} else {
						unanswered.push(...part.settle(raw));
					}
				} catch (error) {
					const why = await this.#explain(error);
					if (part.tried || why instanceof Unreachable) {
						part.fail(why);
					} else {
						part.tried = true;
						unanswered.push(part);
					}
				}
			}),
		);
		// The shell ended, the job that they travelled with was cancelled, or it is not clear whose errors these are:
		// looking again does no harm.
		if (unanswered.length > 0) {
			this.#enqueue(new Questions(unanswered));
		}
	}

	get #place(): Place {
		return {
			host: this.#options.host,
			shell: () => this.#shell(),
			open: this.#options.open,
			sending: (what) => this.#sending(what),
			loaded: (bytes) => {
				this.#options.account.bytesSent += bytes;
			},
			waiting: this.#options.account.waiting,
			following: () => this.#following(),
			settle: (parts, results) => this.#settle(parts, results),
			retire: (resident) => this.#retire(resident),
			readingPatience: this.#options.patience().reading,
			explain: (error, step) => this.#explain(error, step),
		};
	}

	#following(): readonly Part[] {
		const next = this.#queue[0];
		if (next === undefined || !('questions' in next) || !this.#options.turns.mayJoin(next.turn)) {
			return [];
		}

		this.#queue.shift();
		this.#options.turns.end(next.turn);
		this.#options.account.reads++;
		return next.questions.parts();
	}

	#retire(resident: Resident): void {
		this.#resident = undefined;
		this.#retired.push(resident);
		// Channels are few: sshd allows ten on a connection. The first shell stays: it holds the lock of the host.
		const [oldest] = this.#retired.length > 3 ? this.#retired.splice(1, 1) : [];
		if (oldest !== undefined) {
			void end(oldest);
		}
	}

	#shell(): Promise<Resident> {
		if (this.#resident === undefined) {
			const opening = this.#open();
			const forget = (): void => {
				if (this.#resident === opening) {
					this.#resident = undefined;
				}
			};
			this.#resident = opening;
			opening.then(async (resident) => {
				await resident.closed;
				this.#abandoned = [...this.#abandoned, resident.leftBehind ?? []].flat();
				forget();
			}, forget);
		}

		return this.#resident;
	}

	async #open(): Promise<Resident> {
		const channel = await this.#options.open('exec /bin/sh');
		const abandoned = this.#abandoned;
		this.#abandoned = [];
		return new Resident(channel, this.#options.account, this.#options.patience().answering, abandoned);
	}

	/** Counts a request. Gives what to call when it is answered. */
	#sending(what: 'reads' | 'writes' | 'other'): () => void {
		const { account } = this.#options;
		if (what !== 'other') {
			account[what]++;
		}

		return account.departure();
	}

	/** What the end of the shell means: the connection is lost, or only the shell. */
	async #explain(error: unknown, step?: string): Promise<unknown> {
		return error instanceof ResidentGone
			? whatEnded(this.#options.host, error, await this.#options.lost(), step)
			: error;
	}
}

async function end(resident: Resident): Promise<void> {
	resident.end();
	await within(4, resident.closed);
	resident.destroy();
}
