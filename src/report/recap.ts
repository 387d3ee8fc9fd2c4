import type { HostRecap } from '../engine/events.ts';
import { names } from './fold.ts';
import { indent, type View } from './style.ts';

type Column = {
	readonly title: string;
	readonly value: (recap: HostRecap) => number;
	/** Shown even when it is 0 for every host. */
	readonly always?: boolean;
	/** Only with -vv. */
	readonly verbose?: boolean;
	readonly colour?: 'green' | 'yellow' | 'magenta' | 'red' | 'cyan';
};

const columns = (check: boolean): readonly Column[] => [
	{ title: 'ok', value: ({ ok }) => ok, always: true, colour: 'green' },
	{
		title: check ? 'would change' : 'changed',
		value: ({ changed }) => changed,
		always: true,
		colour: 'yellow',
	},
	{ title: 'would run', value: ({ wouldRun }) => wouldRun, colour: 'magenta' },
	{ title: 'might run', value: ({ might }) => might, colour: 'magenta' },
	{ title: 'skipped', value: ({ skipped }) => skipped },
	{ title: 'failed', value: ({ failed }) => failed, always: true, colour: 'red' },
	{ title: 'unreachable', value: ({ unreachable }) => unreachable, colour: 'red' },
	{ title: 'rescued', value: ({ rescued }) => rescued, colour: 'cyan' },
	{ title: 'ignored', value: ({ ignored }) => ignored, colour: 'cyan' },
	{ title: 'not reached', value: ({ notReached }) => notReached, colour: 'red' },
	{ title: 'round trips', value: ({ traffic }) => traffic?.roundTrips ?? 0, verbose: true },
	{ title: 'processes', value: ({ traffic }) => traffic?.processes ?? 0, verbose: true },
	{ title: 'KB sent', value: ({ traffic }) => kilobytes(traffic?.bytesSent), verbose: true },
	{ title: 'KB received', value: ({ traffic }) => kilobytes(traffic?.bytesReceived), verbose: true },
];

const kilobytes = (bytes = 0): number => Math.ceil(bytes / 1000);

/** The columns that have something to say for these hosts, with the number of each host. */
export function recapColumns(
	recap: readonly HostRecap[],
	{ check, verbosity }: Pick<View, 'check' | 'verbosity'>,
): readonly {
	readonly title: string;
	readonly colour: Column['colour'];
	readonly values: readonly number[];
}[] {
	return columns(check)
		.filter(
			({ always, value, verbose }) =>
				always || (recap.some((host) => value(host) > 0) && (!verbose || verbosity >= 2)),
		)
		.map(({ title, value, colour }) => ({ title, colour, values: recap.map(value) }));
}

/** The table at the end: a line per host, a column per kind of ending that occurred; then handlers that wait. */
export function recapLines(recap: readonly HostRecap[], view: View): string[] {
	const { chalk } = view;
	const shown = recapColumns(recap, view);
	const width = Math.max(0, ...recap.map(({ host }) => host.length));
	return indent([
		' '.repeat(width) + shown.map(({ title }) => chalk.dim(`  ${title}`)).join(''),
		...recap.map((host, row) => {
			const cells = shown.map(({ title, values, colour }) => {
				const number = values[row] ?? 0;
				const text = `  ${String(number).padStart(title.length)}`;
				return number === 0 ? chalk.dim(text) : colour === undefined ? text : chalk[colour](text);
			});
			return host.host.padEnd(width) + cells.join('');
		}),
		...recap
			.filter(({ pendingHandlers }) => pendingHandlers.length > 0)
			.map(
				({ host, pendingHandlers }) =>
					`${host}: notified, not yet run: ${names(pendingHandlers, { between: ', ', limit: 20 })}`,
			),
	]);
}
