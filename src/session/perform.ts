import { within } from '../connection/promises.ts';
import type { Channel } from '../connection/types.ts';
import { TaskFailed } from '../errors.ts';
import type { Output, Step } from '../module/contract.ts';
import { showStep } from '../module/show-step.ts';
import type { Stopwatch } from './account.ts';
import { Cancellation } from './cancellation.ts';
import { type Frame, type Job, ResidentGone, type Settled } from './frames.ts';
import { folderOfSession } from './protocol.ts';
import type { Part } from './questions.ts';
import type { Resident } from './resident.ts';
import { type Staged, stage } from './staging.ts';
import { detached, type Prepared, prepare } from './steps.ts';
import type { As, PerformOptions } from './types.ts';

/** Bytes of each stream of a step that are kept. */
const outputLimit = 64 * 1024 * 1024;
/** Seconds in which the host has to say that a job is gone. */
const killPatience = 10;

/** Steps that somebody waits for. */
export type Writing = {
	readonly steps: readonly Step[];
	readonly environment: As['environment'];
	readonly options: PerformOptions;
	readonly resolve: (outputs: readonly Output[]) => void;
	readonly reject: (error: unknown) => void;
};

/** What performing needs of its lane. */
export type Place = {
	readonly host: string;
	readonly shell: () => Promise<Resident>;
	readonly open: (line: string) => Promise<Channel>;
	/** A request is about to be sent. Gives what to call when it is answered. */
	readonly sending: (what: 'writes' | 'other') => () => void;
	/** So many bytes more of a large load were sent. */
	readonly loaded: (bytes: number) => void;
	/** Runs while the host is at work. */
	readonly waiting: Stopwatch;
	/** Reads that wait for this write and may travel with it. */
	readonly following: () => readonly Part[];
	readonly settle: (parts: readonly Part[], results: readonly Promise<Settled>[]) => Promise<void>;
	/** Something that a step started goes on and may write to this shell's streams: it is not asked any more. */
	readonly retire: (resident: Resident) => void;
	/** Seconds for reads that travel with it. */
	readonly readingPatience: number;
	/** What the end of a shell means to a step. */
	readonly explain: (error: unknown, step: string) => Promise<unknown>;
};

type Segment = {
	readonly steps: readonly Step[];
	readonly prepared: readonly Prepared[];
	readonly last: boolean;
};

/** Does the steps; returns when the host is ready for the next request, which is a little after the outcome is known. */
export async function perform(writing: Writing, place: Place): Promise<void> {
	const { steps, environment, options, resolve, reject } = writing;
	using cancellation = new Cancellation(options);
	const outputs: Output[] = [];
	try {
		const prepared = await Promise.all(steps.map((step) => prepare(step, environment)));
		for (const segment of segments(steps, prepared)) {
			const before = outputs.length;
			await performSegment(
				segment,
				{ ...place, cancellation, finishes: options.finishes ?? false },
				(more) => {
					outputs.push(...more);
					if (segment.last) {
						resolve(outputs);
					}
				},
			);
			if (outputs.length - before < segment.steps.length || outputs.at(-1)?.code !== 0) {
				break;
			}
		}

		resolve(outputs);
	} catch (error) {
		reject(error);
	}
}

/** Before a step with a large load, what comes before it has to be done: it may make the folder for it. */
function segments(steps: readonly Step[], prepared: readonly Prepared[]): readonly Segment[] {
	const starts = prepared.flatMap(({ load }, index) => (index === 0 || load !== undefined ? [index] : []));
	return starts.map((start, index) => {
		const end = starts[index + 1] ?? steps.length;
		return {
			steps: steps.slice(start, end),
			prepared: prepared.slice(start, end),
			last: end === steps.length,
		};
	});
}

type Conditions = Place & { readonly cancellation: Cancellation; readonly finishes: boolean };

async function performSegment(
	{ steps, prepared, last }: Segment,
	place: Conditions,
	settled: (outputs: readonly Output[]) => void,
): Promise<void> {
	const { cancellation, finishes, host } = place;
	const beginning = (): void => {
		if (cancellation.reason !== undefined) {
			throw new TaskFailed(`${cancellation.reason}: ${named(steps[0])} was not begun on ${host}`);
		}
	};
	const resident = await place.shell();
	beginning();
	const staged = await stageFirst(prepared, resident, place).catch(async (error: unknown) => {
		throw await place.explain(error, named(steps[0]));
	});
	try {
		beginning();
		const reads = last ? place.following() : [];
		const returned = place.sending('writes');
		const job = resident.job(
			prepared.map(({ work }): Frame => ({ work: finishes ? detached(work) : work, limit: outputLimit })),
			reads,
			finishes,
		);
		const asked = place.settle(reads, job.reads);
		const ended = endWhenCancelled(cancellation, job, resident);
		const results = await Promise.allSettled(job.steps).finally(returned);
		const outputs = results.flatMap((result) =>
			result.status === 'fulfilled' && result.value !== undefined ? [result.value.output] : [],
		);
		const current = steps[Math.max(0, outputs.length - (cancellation.reason === undefined ? 0 : 1))];
		const what = named(current);
		if (cancellation.reason !== undefined) {
			throw await cancelled(cancellation.reason, what, host, await ended(), outputs.at(-1));
		}

		const lost = results.find((result) => result.status === 'rejected');
		if (lost !== undefined) {
			throw await place.explain(lost.reason, what);
		}

		if (outputs.length === 0) {
			throw new TaskFailed(`${what} could not be begun on ${host}: no folder for temporary files`, {
				hint: 'one of /run, /run/user/UID, /dev/shm and /tmp has to be writable',
			});
		}

		if (outputs.at(-1)?.code !== 0) {
			// On a host that is going down, steps fail before the connection does: only one that still answers has failed.
			await job.ended;
			if (resident.gone !== undefined) {
				throw await place.explain(new ResidentGone(resident.gone, 'ended'), named(steps[outputs.length - 1]));
			}
		}

		settled(outputs);
		// What is left of the job are reads.
		const answered = resident.giveUpAfter(place.readingPatience);
		const { goesOn } = await job.ended.finally(answered);
		if (goesOn) {
			place.retire(resident);
		}

		await asked;
	} finally {
		staged?.release();
	}
}

const named = (step: Step | undefined): string =>
	step === undefined ? 'it' : `"${showStep(step).slice(0, 200)}"`;

async function stageFirst(
	[first]: readonly Prepared[],
	resident: Resident,
	place: Conditions,
): Promise<Staged | undefined> {
	if (first?.load === undefined) {
		return undefined;
	}

	let folder = '';
	if (first.load.beside === undefined) {
		const returned = place.sending('other');
		const [answer] = resident.run([{ work: `{ ${folderOfSession}; }` }]);
		folder = (await answer?.finally(returned))?.stdout.toString() ?? '';
	}

	const returned = place.sending('other');
	const { load } = first;
	return place.waiting
		.during(() =>
			stage(load, {
				open: place.open,
				folder,
				signal: place.cancellation.signal,
				count: place.loaded,
			}),
		)
		.finally(returned);
}

/** Ends the job when the time is over. Gives a function that tells whether the host has confirmed it. */
function endWhenCancelled(cancellation: Cancellation, job: Job, resident: Resident): () => Promise<boolean> {
	let ended: Promise<boolean> = Promise.resolve(true);
	const end = (): void => {
		ended = within(
			killPatience,
			job.kill().then(() => true),
		).then((confirmed) => confirmed ?? false);
		void ended.then((confirmed) => {
			if (!confirmed) {
				resident.destroy();
			}
		});
	};

	cancellation.signal.addEventListener('abort', end, { once: true });
	void job.ended.then(() => cancellation.signal.removeEventListener('abort', end));
	return () => ended;
}

async function cancelled(
	reason: string,
	what: string,
	host: string,
	confirmed: boolean,
	output: Output | undefined,
): Promise<TaskFailed> {
	const result = output && { rc: output.code, stdout: output.stdout, stderr: output.stderr };
	const message = confirmed
		? `${reason}: ${what} was ended on ${host}, with what it had started`
		: `${reason}: ${what} could not be ended on ${host}, something of it may still run`;
	return new TaskFailed(message, result === undefined ? {} : { result });
}
