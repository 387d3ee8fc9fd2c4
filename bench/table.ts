import type { Sample } from './timed.ts';

/** What one peer needed for one thing. */
export type Cell = {
	readonly case: string;
	readonly hosts: number | undefined;
	readonly peer: string;
	readonly samples: readonly Sample[];
	/** Why there are no samples, or fewer than wanted. */
	readonly problem: string | undefined;
};

export type Summary = Cell & {
	readonly median: number | undefined;
	readonly fastest: number | undefined;
	readonly slowest: number | undefined;
	/** How many times the time of g2pbook. */
	readonly ratio: number | undefined;
};

export const summaries = (cells: readonly Cell[]): readonly Summary[] =>
	cells.map((cell) => {
		const seconds = cell.samples.map((sample) => sample.seconds).sort((a, b) => a - b);
		const ours = cells.find(
			({ peer, case: name, hosts }) => peer === 'g2pbook' && name === cell.case && hosts === cell.hosts,
		);
		const own = median(ours?.samples.map((sample) => sample.seconds) ?? []);
		const middle = median(seconds);
		return {
			...cell,
			median: middle,
			fastest: seconds[0],
			slowest: seconds.at(-1),
			ratio: own === undefined || middle === undefined ? undefined : middle / own,
		};
	});

/** Plain text, one line for each cell. */
export function table(all: readonly Summary[]): string {
	const rows = all.map(({ case: name, hosts, peer, samples, problem, ...summary }) => {
		const { median: middle, fastest, slowest, ratio } = summary;
		const memory = Math.max(0, ...samples.map(({ peakMegabytes }) => peakMegabytes));
		return [
			name,
			hosts?.toString() ?? '',
			peer,
			middle === undefined ? '–' : seconds(middle),
			fastest === undefined || slowest === undefined ? '' : `${seconds(fastest)}–${seconds(slowest)}`,
			samples.length.toString(),
			ratio === undefined ? '' : `${ratio.toPrecision(3)}×`,
			samples.length === 0 ? '' : seconds(median(samples.map(({ cpuSeconds }) => cpuSeconds)) ?? 0),
			memory === 0 ? '' : memory.toFixed(0),
			problem ?? '',
		];
	});
	const head = ['case', 'hosts', 'peer', 'median s', 'min–max', 'runs', 'ratio', 'CPU s', 'MB', ''];
	const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0)));
	return [head, ...rows]
		.map((row) =>
			row
				.map((text, column) =>
					column === 0 || column === 2 || column === 9
						? text.padEnd(widths[column] ?? 0)
						: text.padStart(widths[column] ?? 0),
				)
				.join('  ')
				.trimEnd(),
		)
		.join('\n');
}

const seconds = (value: number): string => value.toFixed(value < 10 ? 2 : 1);

function median(values: readonly number[]): number | undefined {
	const sorted = [...values].sort((a, b) => a - b);
	const [low, high] = [sorted[Math.floor((sorted.length - 1) / 2)], sorted[Math.floor(sorted.length / 2)]];
	return low === undefined || high === undefined ? undefined : (low + high) / 2;
}
