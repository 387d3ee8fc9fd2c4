import type { RunEvent } from '../engine/events.ts';
import { exitCodeOf } from '../engine/recap.ts';
import { BadInput, exitCodes } from '../errors.ts';
import { names } from './fold.ts';
import { eventsOf, mergeUnits, together, unitsOf } from './merge-tasks.ts';
import type { SavedRun } from './saved-run.ts';

/**
 * The events of one run over all hosts of these runs, with its exit code.
 * @throws BadInput unless they are parts of one thing: the same playbook, no host twice, no shard left out.
 */
export function mergeRuns(given: readonly SavedRun[]): readonly RunEvent[] {
	const runs = given.map(withOwnLocalhost);
	const [first] = runs;
	if (first === undefined) {
		throw new BadInput('there is nothing to merge');
	}

	requireParts(runs);
	const recap = runs.flatMap(({ end }) => end.recap);
	const exitCode = exitCodeOf(recap, {
		interrupt: { finishing: runs.some(({ end }) => end.interrupted) },
		detailedExitCode: runs.some(({ end }) => end.exitCode === exitCodes.changes),
		// The only other reason for this code.
		requireExact: runs.some(
			({ end }) => end.exitCode === exitCodes.hostFailed && end.recap.every(({ failed }) => failed === 0),
		),
	});
	const spents = runs.flatMap(({ end }) => end.spent ?? []);
	return [
		{
			...first.start,
			runId: runs.map(({ start }) => start.runId).join('+'),
			hosts: runs.flatMap(({ start }) => start.hosts),
			shard: undefined,
			time: runs.map(({ start }) => start.time).sort()[0] ?? first.start.time,
		},
		...mergeUnits(runs.map(unitsOf)).flatMap(eventsOf),
		{
			kind: 'run-end',
			recap,
			duration: Math.max(...runs.map(({ end }) => end.duration)),
			exitCode,
			interrupted: runs.some(({ end }) => end.interrupted),
			...(spents.length === 0 ? {} : { spent: together(spents) }),
		},
	];
}

function requireParts(runs: readonly SavedRun[]): void {
	const [first] = runs;
	const seen = new Map<string, string>();
	for (const { name, start, end } of runs) {
		if (start.playbook !== first?.start.playbook || start.check !== first.start.check) {
			const what = ({ playbook, check }: SavedRun['start']) =>
				`${check ? 'a check' : 'a run'} of ${playbook}`;
			throw new BadInput(
				`these are no parts of one run: ${first?.name} is ${first && what(first.start)}, ${name} is ${what(start)}`,
			);
		}

		const twice = end.recap.filter(({ host }) => seen.has(host)).map(({ host }) => host);
		if (twice.length > 0) {
			throw new BadInput(
				`${count(twice)} [${names(twice)}] in ${seen.get(twice[0] ?? '')} and in ${name}: a host counts once`,
				{ hint: 'merge the reports of runs over different hosts, such as --shard 1/2 and --shard 2/2' },
			);
		}

		for (const { host } of end.recap) {
			seen.set(host, name);
		}
	}

	requireAllShards(runs);
}

const count = ({ length }: readonly string[]): string => (length === 1 ? 'a host is' : `${length} hosts are`);

/** A part whose report is missing may have failed: without it nobody knows how the run went. */
function requireAllShards(runs: readonly SavedRun[]): void {
	const shards = runs.flatMap(({ start }) => start.shard ?? []);
	const [{ of } = { of: 0 }] = shards;
	if (shards.length > 0 && (shards.length < runs.length || shards.some((shard) => shard.of !== of))) {
		throw new BadInput('some of these reports are of shards, and some of other shards or of none', {
			hint: 'merge the reports of one splitting: 1/3, 2/3 and 3/3',
		});
	}

	const told = new Set(shards.map(({ index }) => index));
	const missing = Array.from({ length: of }, (_, at) => at + 1).filter((index) => !told.has(index));
	if (missing.length > 0) {
		throw new BadInput(`the report of shard ${missing.join(', ')} of ${of} is missing`, {
			hint: 'how its hosts fared is not known: give its report too, or run that shard again',
		});
	}

	if (told.size < shards.length) {
		throw new BadInput('two of these reports are of the same shard', {
			hint: 'give the newer one only',
		});
	}
}

/** Each shard's controller is a localhost of its own. */
function withOwnLocalhost(run: SavedRun): SavedRun {
	const { shard } = run.start;
	if (shard === undefined || !run.start.hosts.includes('localhost')) {
		return run;
	}

	const own = (host: string): string =>
		host === 'localhost' ? `localhost (shard ${shard.index} of ${shard.of})` : host;
	const events = run.events.map((event): RunEvent => {
		switch (event.kind) {
			case 'play-start':
			case 'task-start':
				return { ...event, hosts: event.hosts.map(own) };
			case 'host-end':
				return { ...event, result: { ...event.result, host: own(event.result.host) } };
			default:
				return event;
		}
	});
	return {
		...run,
		events,
		start: { ...run.start, hosts: run.start.hosts.map(own) },
		end: { ...run.end, recap: run.end.recap.map((each) => ({ ...each, host: own(each.host) })) },
	};
}
