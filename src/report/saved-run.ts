import * as z from 'zod';
import type { RunEvent } from '../engine/events.ts';
import { BadInput } from '../errors.ts';

/** A run as a JSON report tells it. */
export type SavedRun = {
	/** The file that it comes from, for messages. */
	readonly name: string;
	readonly events: readonly RunEvent[];
	readonly start: Extract<RunEvent, { kind: 'run-start' }>;
	readonly end: Extract<RunEvent, { kind: 'run-end' }>;
};

// What the filter of secrets has turned into dots is no number any more; such digits only were a count of bytes.
const count = z.number().catch(0);
const traffic = z.looseObject({
	roundTrips: count,
	reads: count,
	writes: count,
	processes: count,
	bytesSent: count,
	bytesReceived: count,
	connecting: count,
	waiting: count,
});
const spent = z.looseObject({ duration: count, cpu: count, traffic });
const task = z.looseObject({ id: z.string(), name: z.string(), play: z.string() });
const counts = z.looseObject({
	host: z.string(),
	ok: z.number(),
	changed: z.number(),
	skipped: z.number(),
	failed: z.number(),
	unreachable: z.number(),
	rescued: z.number(),
	ignored: z.number(),
	wouldRun: z.number(),
	might: z.number(),
	notReached: z.number(),
	pendingHandlers: z.array(z.string()),
	traffic: traffic.optional(),
});
const hosts = z.array(z.string());
const event = z.discriminatedUnion('kind', [
	z.looseObject({
		kind: z.literal('run-start'),
		playbook: z.string(),
		runId: z.string(),
		check: z.boolean(),
		hosts,
		shard: z.object({ index: z.number(), of: z.number() }).optional(),
		time: z.string(),
	}),
	z.looseObject({ kind: z.literal('play-start'), play: z.string(), hosts }),
	z.looseObject({ kind: z.literal('play-skipped'), play: z.string(), reason: z.string() }),
	z.looseObject({ kind: z.literal('task-start'), task, hosts }),
	z.looseObject({
		kind: z.literal('host-end'),
		task,
		result: z.looseObject({ host: z.string(), status: z.string(), items: z.array(z.looseObject({})) }),
	}),
	z.looseObject({ kind: z.literal('task-end'), task, spent: spent.optional() }),
	z.looseObject({ kind: z.literal('warning'), text: z.string() }),
	z.looseObject({ kind: z.literal('interrupted'), how: z.string() }),
	z.looseObject({
		kind: z.literal('run-end'),
		recap: z.array(counts),
		duration: count,
		exitCode: z.number(),
		interrupted: z.boolean(),
		spent: spent.optional(),
	}),
]);
const report = z.looseObject({ g2pbook: z.string(), events: z.array(event) });

/**
 * Read what `--report json` has written. @throws BadInput for anything else, and for a run that did not get to its end.
 */
export function readRun(name: string, text: string): SavedRun {
	let value: unknown;
	try {
		value = JSON.parse(text, withSets);
	} catch {
		throw new BadInput(`${name} is no whole JSON document`, {
			hint: text.startsWith('{"g2pbook"')
				? 'its run was ended before it could tell its end: run that part again'
				: 'give files that were written by --report json=FILE',
		});
	}

	const read = report.safeParse(value);
	if (!read.success) {
		const [issue] = read.error.issues;
		throw new BadInput(`${name} is no report of a run: ${issue?.path.join('.')}: ${issue?.message}`, {
			hint: 'give files that were written by --report json=FILE',
		});
	}

	// What reports look at was checked; what only people read is as our own report wrote it.
	const events = read.data.events as unknown as readonly RunEvent[];
	const start = events.find((each) => each.kind === 'run-start');
	const end = events.find((each) => each.kind === 'run-end');
	if (start === undefined || end === undefined) {
		throw new BadInput(`${name} does not tell the ${start === undefined ? 'beginning' : 'end'} of its run`, {
			hint: 'run that part again',
		});
	}

	return { name, events, start, end };
}

// JSON has no sets: the keys of a change are written as a list.
function withSets(this: unknown, key: string, value: unknown): unknown {
	return key === 'keys' && Array.isArray(value) && isUpdate(this) ? new Set(value) : value;
}

const isUpdate = (value: unknown): boolean =>
	typeof value === 'object' && value !== null && 'action' in value && value.action === 'update';
