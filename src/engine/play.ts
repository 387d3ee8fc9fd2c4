import { Unreachable } from '../errors.ts';
import type { PlannedPlay } from '../plan/types.ts';
import type { Layer } from '../vars/types.ts';
import type { HostResult, TaskInfo } from './events.ts';
import { afterFailures, areAllFailed, isOver } from './failing.ts';
import { asFailure } from './failure.ts';
import { flushHandlers } from './flush-handlers.ts';
import { Handlers, recordsOn } from './handlers.ts';
import { HostRun } from './host.ts';
import { find } from './local-files.ts';
import { Meter, spending } from './meter.ts';
import { pacesOf } from './paces.ts';
import { recordOutcome } from './record.ts';
import type { PlayRun, RunContext } from './run-context.ts';
import { playTarget } from './target-of-task.ts';
import { endPlay, onHosts } from './task-on-hosts.ts';
import { Upcoming } from './upcoming.ts';
import { hostVars } from './variables.ts';
import { readVarsFile } from './vars-file.ts';
import { walk } from './walk.ts';

/** Do a play on its hosts, batch by batch. */
export async function runPlay(context: RunContext, planned: PlannedPlay): Promise<void> {
	const { play, hosts, batches, skippedBecause } = planned;
	const { emit } = context;
	if (skippedBecause !== undefined) {
		emit({ kind: 'play-skipped', play: play.name, reason: skippedBecause });
		return;
	}

	const members = hosts.map((name) => hostOf(context, name));
	for (const host of members.filter(({ standing }) => standing === 'ended')) {
		host.standing = 'active';
	}

	const once: PlayRun['once'] = new Map();
	const upcoming = new Upcoming(
		play.sections.flatMap(({ nodes }) => nodes),
		(node) => context.plan.selects(node),
	);
	let ended: string | undefined;
	for (const [index, names] of batches.entries()) {
		const batch = names.map((name) => hostOf(context, name));
		const run: PlayRun = {
			context,
			play,
			hosts: members,
			batch,
			handlers: new Handlers(play.handlers, context.plan.playbook.file),
			upcoming,
			varsFiles: new Map(),
			once,
			ended,
		};
		if (ended === undefined) {
			const going = batch.filter(({ standing }) => standing === 'active').map(({ name }) => name);
			emit({
				kind: 'play-start',
				play: play.name,
				hosts: going,
				batch: batches.length > 1 ? `${index + 1} of ${batches.length}` : undefined,
			});
		} else {
			// Hosts of later batches are walked past, so that the recap tells what they did not reach.
			for (const host of batch.filter(({ standing }) => standing === 'active')) {
				host.standing = 'failed';
			}
		}

		await runBatch(run);
		// Where blocks have rescued every host, the reason to stop is gone.
		const stays = run.ended === endPlay || isOver(run);
		ended ??= stays ? run.ended : undefined;
		if (ended === undefined && areAllFailed(run)) {
			ended = 'every host of the batch failed';
			const left = batches.slice(index + 1).flat();
			if (left.length > 0) {
				const names =
					left.length > 5 ? `${left.slice(0, 5).join(', ')} and ${left.length - 5} more` : left.join(', ');
				const text = `the play stops: every host of batch ${index + 1} of ${batches.length} failed, and those behind it (${names}) are left as they are`;
				emit({ kind: 'warning', text, host: undefined });
			}
		}
	}
}

function hostOf(context: RunContext, name: string): HostRun {
	const host = context.hosts.get(name) ?? new HostRun(name);
	context.hosts.set(name, host);
	return host;
}

async function runBatch(run: PlayRun): Promise<void> {
	await meet(run);
	await Promise.all(pacesOf(run).map((hosts) => runSections(run, hosts)));
}

async function runSections(run: PlayRun, hosts: readonly HostRun[]): Promise<void> {
	for (const { name, nodes } of run.play.sections) {
		await walk(run, nodes, hosts);
		await flushHandlers(run, hosts, name === 'pre_tasks' ? 'notified' : 'left behind too', onHosts);
	}
}

/** Connect, gather facts, ask what an earlier run left undone, read vars_files that depend on the host. */
async function meet(run: PlayRun): Promise<void> {
	const { context, play } = run;
	const active = run.batch.filter(({ standing }) => standing === 'active');
	const strangers = active.filter(
		(host) =>
			(play.gatherFacts && host.facts === undefined) || (!host.recordsRead && run.handlers.list.length > 0),
	);
	if (strangers.length > 0 && !context.options.interrupt.finishing) {
		const task = factsTask(run);
		const meter = new Meter();
		const spent = spending(() => meter.spent);
		context.emit({ kind: 'task-start', task, hosts: strangers.map(({ name }) => name) });
		const results = await Promise.all(
			strangers.map((host) =>
				context.limit(async () => {
					context.emit({ kind: 'host-start', task, host: host.name });
					host.meter.start(meter);
					const result = { ...(await meetHost(run, host)), spent: host.meter.spent };
					recordOutcome(run, { name: task.name, module: task.module, register: undefined }, host, {
						result,
						registered: { msg: result.message },
						effects: [],
					});
					context.emit({ kind: 'host-end', task, result });
					return result;
				}),
			),
		);
		context.emit({ kind: 'task-end', task, results, spent: spent() });
		afterFailures(run, undefined, strangers);
	}

	for (const host of active) {
		run.varsFiles.set(host, await varsFilesOf(run, host));
	}
}

async function meetHost(run: PlayRun, host: HostRun): Promise<HostResult> {
	const started = performance.now();
	const end = (result: Pick<HostResult, 'status' | 'message' | 'hint'>): HostResult => ({
		label: undefined,
		host: host.name,
		ignored: false,
		items: [],
		duration: (performance.now() - started) / 1000,
		...result,
	});
	try {
		const target = playTarget(run, host);
		const [facts, records] = await Promise.all([
			run.play.gatherFacts ? target.facts() : host.facts,
			host.recordsRead ? new Map<string, never>() : recordsOn(target.session),
		]);
		host.facts = facts;
		host.recordsRead = true;
		for (const [key, as] of records) {
			host.recorded.set(key, as);
		}

		return end({ status: 'ok' });
	} catch (error) {
		const { message, hint } = asFailure(error);
		return end({ status: error instanceof Unreachable ? 'unreachable' : 'failed', message, hint });
	}
}

const factsTask = ({ play }: PlayRun): TaskInfo => ({
	id: `${play.source.file}:${play.source.line} facts`,
	name: play.gatherFacts ? 'Gather facts' : 'Look for handlers that an earlier run has left',
	module: 'facts',
	role: undefined,
	play: play.name,
	handler: false,
	source: play.source,
	noLog: false,
});

async function varsFilesOf(run: PlayRun, host: HostRun): Promise<readonly Layer[]> {
	const vars = hostVars(run, host);
	return Promise.all(
		run.play.varsFiles.map(async ({ path }) => {
			const file = find(String(vars.render(path)), 'vars', run.play.keywords);
			const values = await readVarsFile(file, run.context.options);
			return { kind: 'vars_files' as const, origin: file, values };
		}),
	);
}
