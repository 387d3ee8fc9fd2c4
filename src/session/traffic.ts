import type { Traffic } from './types.ts';

/** What was spent between two moments. */
export const difference = (after: Traffic, before: Traffic): Traffic =>
	each((key) => after[key] - before[key]);

export const sum = (all: readonly Traffic[]): Traffic =>
	each((key) => all.reduce((total, one) => total + one[key], 0));

const each = (count: (key: keyof Traffic) => number): Traffic => ({
	roundTrips: count('roundTrips'),
	reads: count('reads'),
	writes: count('writes'),
	processes: count('processes'),
	bytesSent: count('bytesSent'),
	bytesReceived: count('bytesReceived'),
	connecting: count('connecting'),
	waiting: count('waiting'),
});
