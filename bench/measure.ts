import type { Cell } from './table.ts';
import { type Command, type Sample, timed } from './timed.ts';

/** One thing that one peer does, as often as is wanted. */
export type Attempt = {
	readonly case: string;
	readonly hosts?: number | undefined;
	readonly peer: string;
	readonly command: Command;
	/** Before each run, not measured. */
	readonly before?: () => void;
	/** After each run, not measured. @returns what is wrong with what the run has left */
	readonly check?: () => string | undefined;
	readonly after?: () => void;
};

/** A peer that has needed so long for one thing is not asked for it again, nor to do it on more hosts. */
const patienceSeconds = 100;

/** Who was that slow with fewer hosts: by peer and case. */
const tired = new Map<string, number>();

/**
 * Everybody in turn, then again: what disturbs the machine for a while disturbs all. A peer that has lost patience
 * with some hosts is not asked about more of them.
 */
export async function measure(attempts: readonly Attempt[], runs: number): Promise<readonly Cell[]> {
	const cells = attempts.map(({ case: name, hosts, peer }) => ({
		case: name,
		hosts,
		peer,
		samples: [] as Sample[],
		problem: tired.has(`${name} ${peer}`) ? `too slow with ${tired.get(`${name} ${peer}`)} hosts` : undefined,
	}));
	for (let run = 1; run <= runs; run += 1) {
		for (const [index, attempt] of attempts.entries()) {
			const cell = cells[index];
			const spent = cell?.samples.reduce((sum, { seconds }) => sum + seconds, 0) ?? 0;
			if (cell === undefined || cell.problem !== undefined || spent > patienceSeconds) {
				continue;
			}

			process.stderr.write(`${attempt.case} ${attempt.hosts ?? ''} ${attempt.peer} (${run}/${runs}) … `);
			const { problem, sample } = await once(attempt);
			cell.problem = problem;
			if (problem === undefined) {
				cell.samples.push(sample);
			}

			process.stderr.write(`${problem ?? `${sample.seconds.toFixed(2)} s`}\n`);
		}
	}

	for (const { case: name, hosts, peer, samples } of cells) {
		if (hosts !== undefined && samples.some(({ seconds }) => seconds > patienceSeconds)) {
			tired.set(`${name} ${peer}`, hosts);
		}
	}

	return cells;
}

async function once(attempt: Attempt): Promise<{ problem: string | undefined; sample: Sample }> {
	attempt.before?.();
	const { code, output, ...sample } = await timed(attempt.command);
	attempt.after?.();
	if (code !== 0) {
		process.stderr.write(`\n${output.slice(-3000)}\n`);
	}

	return { sample, problem: code === 0 ? attempt.check?.() : `ended with ${code}` };
}
