import { randomBytes } from 'node:crypto';
import type { Channel } from '../connection/types.ts';
import type { Account } from './account.ts';
import { Capture } from './capture.ts';
import { type Frame, type Job, type Pending, Raw, ResidentGone, type Settled } from './frames.ts';
import { frame, greeting, guardedFrame, job, killJob } from './protocol.ts';
import { type Mark, Scanner } from './scanner.ts';
import { Silence } from './silence.ts';
import { Strays } from './strays.ts';

/**
 * One shell on a host that stays. It does reads itself, one after the other; jobs run beside it, so that it can
 * listen meanwhile for the word to end them, or for the end of the connection.
 */
export class Resident {
	readonly #channel: Channel;
	readonly #account: Account;
	readonly #mark = randomBytes(16).toString('hex');
	readonly #pending = new Map<number, Pending>();
	readonly #jobs = new Map<string, { readonly resolve: (end: { goesOn: boolean }) => void; seen: number }>();
	readonly #stray = new Strays();
	readonly #folder = randomBytes(8).toString('hex');
	#hasFolder = false;
	#next = 1;
	#greeting: string;
	#gone: string | undefined;
	#state: ResidentGone['how'] = 'silent';
	readonly #patience: number;
	readonly #silence = new Silence();
	#heard = (): void => {};
	/** Resolves with the reason when the shell has ended. */
	readonly closed: Promise<string>;

	/**
	 * @param patience seconds in which it has to answer for the first time
	 * @param abandoned what `leftBehind` of earlier shells gave
	 */
	constructor(channel: Channel, account: Account, patience: number, abandoned: readonly string[] = []) {
		this.#patience = patience;
		this.#channel = channel;
		this.#account = account;
		this.#greeting = greeting(this.#mark, this.#folder, abandoned);
		this.#listen('stdout');
		this.#listen('stderr');
		channel.stdin.on('error', () => {});
		this.closed = channel.closed.then(({ code, reason }) => this.#end(code, reason));
	}

	/** Reads: done by the shell itself, in order; several may be on their way. */
	run(frames: readonly Frame[]): readonly Promise<Settled>[] {
		const opened = frames.map(({ work, limit }) => ({ work, ...this.#open(limit, undefined) }));
		this.#send(opened.map(({ id, work }) => frame(id, work)).join(''));
		return opened.map(({ result }) => result);
	}

	/**
	 * A job: steps, of which the first that fails is the last that is run, and reads after them. The caller waits for
	 * `ended` before anything else is sent.
	 */
	job(steps: readonly Frame[], reads: readonly Frame[], finishes: boolean): Job {
		const id = this.#next++;
		this.#hasFolder = true;
		const opened = steps.map(({ work, limit }) => ({ work, ...this.#open(limit, id) }));
		const asked = reads.map(({ work, limit }) => ({ work, ...this.#open(limit, id) }));
		const text = [
			...opened.map((step) => guardedFrame(step.id, step.work)),
			...asked.map((read) => frame(read.id, read.work)),
		].join('');
		const ended = this.#expect('J', id);
		this.#send(job(id, text, finishes));
		return {
			steps: opened.map(({ result }) => result),
			reads: asked.map(({ result }) => result),
			ended,
			kill: async () => {
				const killed = this.#expect('K', id);
				this.#send(killJob(id));
				await killed;
			},
		};
	}

	/** The name of a folder that it may not have removed. */
	get leftBehind(): string | undefined {
		return this.#hasFolder ? this.#folder : undefined;
	}

	/** Why the shell has ended; undefined while it has not. */
	get gone(): string | undefined {
		return this.#gone;
	}

	/** Asks the shell to end; it tidies up behind itself. */
	end(): void {
		this.#channel.stdin.end();
	}

	destroy(): void {
		this.#channel.destroy();
	}

	/** Gives it up when it says nothing for these seconds; gives how to stop that. */
	giveUpAfter(seconds: number): () => void {
		return this.#silence.after(seconds, () => {
			this.#state = this.#state === 'ended' ? 'stuck' : this.#state;
			this.#end(undefined, `it gave no answer within ${seconds} s`);
			this.#channel.destroy();
		});
	}

	#listen(stream: 'stdout' | 'stderr'): void {
		let current: Pending | undefined;
		const scanner = new Scanner(
			this.#mark,
			(bytes) => {
				if (current !== undefined) {
					this.#silence.broken();
				}

				(current ?? this.#stray)[stream].push(bytes);
			},
			(mark) => {
				current = this.#see(mark);
			},
		);
		this.#channel[stream].on('data', (chunk: Buffer) => {
			this.#account.bytesReceived += chunk.length;
			scanner.push(chunk);
		});
		this.#channel[stream].on('error', () => {});
		// Becoming another user has paused it, and a stream that was paused does not flow by itself again.
		this.#channel[stream].resume();
	}

	/** What a mark means; gives the frame whose bytes follow. */
	#see({ letter, id, code, goesOn }: Mark): Pending | undefined {
		this.#state = 'ended';
		this.#silence.broken();
		this.#heard();
		const pending = this.#pending.get(id);
		if (letter === 'S' && pending !== undefined) {
			pending.started = true;
			return pending;
		}

		if ((letter === 'E' || letter === 'N') && pending !== undefined) {
			pending.ends++;
			if (pending.ends === 2) {
				this.#settle(id, pending, letter === 'E' ? code : undefined);
			}
		}

		if (letter === 'J' || letter === 'K') {
			this.#ended(letter, id, code, goesOn);
		}

		return undefined;
	}

	#ended(letter: 'J' | 'K', id: number, code: number, goesOn: boolean): void {
		const waiting = this.#jobs.get(`${letter}${id}`);
		if (waiting === undefined || ++waiting.seen < 2) {
			return;
		}

		this.#jobs.delete(`${letter}${id}`);
		if (letter === 'J') {
			// The job's shell has ended early: by the word of a step (`kill $$`), or by ours.
			for (const [frameId, pending] of this.#pending) {
				if (pending.job === id) {
					this.#settle(frameId, pending, pending.started ? code || 143 : undefined);
				}
			}
		}

		waiting.resolve({ goesOn });
	}

	#settle(id: number, pending: Pending, code: number | undefined): void {
		this.#pending.delete(id);
		this.#account.waiting.end();
		pending.resolve(code === undefined ? undefined : new Raw(code, pending));
	}

	#open(limit: number | undefined, jobId: number | undefined): { id: number; result: Promise<Settled> } {
		const id = this.#next++;
		const result = new Promise<Settled>((resolve, reject) => {
			if (this.#gone !== undefined) {
				reject(new ResidentGone(this.#gone, this.#state));
				return;
			}

			this.#account.processes++;
			this.#account.waiting.begin();
			this.#pending.set(id, {
				job: jobId,
				stdout: new Capture(limit),
				stderr: new Capture(limit),
				resolve,
				reject,
				started: false,
				ends: 0,
			});
		});
		return { id, result };
	}

	#expect(letter: 'J' | 'K', id: number): Promise<{ goesOn: boolean }> {
		if (this.#gone !== undefined) {
			return Promise.resolve({ goesOn: false });
		}

		return new Promise((resolve) => this.#jobs.set(`${letter}${id}`, { resolve, seen: 0 }));
	}

	#send(text: string): void {
		if (this.#greeting !== '') {
			this.#heard = this.giveUpAfter(this.#patience);
		}

		const bytes = Buffer.from(this.#greeting + text);
		this.#greeting = '';
		this.#account.bytesSent += bytes.length;
		this.#channel.stdin.write(bytes);
	}

	#end(code: number | undefined, reason: string | undefined): string {
		this.#heard();
		if (this.#gone !== undefined) {
			return this.#gone;
		}

		const why = reason ?? (code === undefined ? 'it was cut off' : `it ended with code ${code}`);
		this.#gone = [why, this.#stray.said(this.#state)].filter(Boolean).join(': ');
		for (const [, pending] of this.#pending) {
			this.#account.waiting.end();
			pending.reject(new ResidentGone(this.#gone, this.#state));
		}

		for (const [, waiting] of this.#jobs) {
			waiting.resolve({ goesOn: false });
		}

		this.#pending.clear();
		this.#jobs.clear();
		return this.#gone;
	}
}
