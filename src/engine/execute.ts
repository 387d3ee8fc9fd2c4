import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { setImmediate as nextRound } from 'node:timers/promises';
import pLimit from 'p-limit';
import { within as atMost, pause } from '../connection/promises.ts';
import type { Plan } from '../plan/types.ts';
import { valuesOf } from '../plan/values.ts';
import type { SecretSource } from '../secrets/source.ts';
import { sum } from '../session/traffic.ts';
import { Secret } from '../shell/secret.ts';
import { within } from '../vars/within.ts';
import type { Emit, HostRecap } from './events.ts';
import { LocalFiles } from './local-files.ts';
import { spending } from './meter.ts';
import type { ExecuteOptions } from './options.ts';
import { runPlay } from './play.ts';
import { exitCodeOf, recapOf } from './recap.ts';
import type { RunContext } from './run-context.ts';
import { shownEvents } from './shown-events.ts';
import { Targets } from './targets.ts';
import { tellComputed } from './task-arguments.ts';

export type RunResult = { readonly recap: readonly HostRecap[]; readonly exitCode: number };

/**
 * Do what the plan says on its hosts. Everything that happens is an event; every event has passed the redactor, and
 * long outputs in it are cut.
 * Always gives back the locks it took and closes its connections.
 */
export async function execute(plan: Plan, given: ExecuteOptions, tell: Emit): Promise<RunResult> {
	const options = { ...given, secrets: toldTo(given) };
	const shown = shownEvents(options.redactor, new Set(plan.plays.flatMap(({ hosts }) => hosts)).size);
	let isOver = false;
	const emit: Emit = (event) => {
		if (!isOver) {
			tell(shown(event));
		}
	};
	const pieces = pLimit(1);
	const context: RunContext = {
		plan,
		options,
		emit,
		runId: randomBytes(4).toString('hex'),
		files: new LocalFiles(),
		inventory: plan.inventory,
		hosts: new Map(),
		targets: new Targets(options),
		limit: pLimit(options.forks),
		idle: () => pieces(() => nextRound()),
		steppedOver: false,
	};
	const spent = spending(() => sum(context.targets.all().map(({ session }) => session.traffic)));
	// Encrypted files have brought these into inventory, playbook and `-e`.
	for (const secret of within([...valuesOf(plan), options.extraVars], Secret)) {
		options.redactor.add(secret.reveal());
	}

	emit({
		kind: 'run-start',
		playbook: plan.playbook.file,
		runId: context.runId,
		check: options.check,
		hosts: [...new Set(plan.plays.flatMap(({ hosts }) => hosts))],
		shard: plan.shard,
		time: new Date().toISOString(),
	});
	const { killing } = options.interrupt;
	// Whatever is waited for, and even if nothing of it can ever come: the process stays until it has told its recap.
	const alive = setInterval(() => {}, 60_000);
	try {
		await Promise.race([runPlays(context), interrupted(killing, 3)]);
	} catch (error) {
		// A bug of ours: what it quotes goes to the terminal as it is.
		throw options.redactor.error(error);
	} finally {
		const targets = context.targets.all();
		const ends = Promise.allSettled(targets.map((target) => target.end()));
		// Locks are given back and channels closed: a little for each host, and no host may take for ever.
		await atMost(20 + targets.length / 5, Promise.race([interrupted(killing, 1), ends]));
		clearInterval(alive);
	}

	const recap = recapOf(context);
	const exitCode = exitCodeOf(recap, options);
	const took = spent();
	emit({
		kind: 'run-end',
		recap,
		duration: took.duration,
		exitCode,
		interrupted: options.interrupt.finishing,
		spent: took,
	});
	isOver = true;
	return { recap, exitCode };
}

async function runPlays(context: RunContext): Promise<void> {
	const { plan } = context;
	for (const planned of plan.plays) {
		// Hosts and groups that the run itself has added are in no plan that was made before.
		const grown = context.inventory !== plan.inventory;
		await runPlay(context, grown ? plan.replan(planned.play, context.inventory) : planned);
	}
}

/** Resolves these seconds after somebody has asked twice for the end: what has not ended by then is left. */
async function interrupted(killing: AbortSignal, seconds: number): Promise<void> {
	if (!killing.aborted) {
		await once(killing, 'abort');
	}

	await pause(seconds);
}

/** The store of secrets, with the redactor told of each before anybody else. */
function toldTo({ secrets, redactor }: ExecuteOptions): SecretSource | undefined {
	return (
		secrets && {
			get: (reference) => {
				const secret = secrets.get(reference);
				redactor.add(secret.reveal());
				return secret;
			},
			computed: (secret) => tellComputed(redactor, secret),
			known: (reference) => {
				const secret = secrets.known?.(reference);
				redactor.add(secret?.reveal() ?? '');
				return secret;
			},
			...(secrets.flush === undefined ? {} : { flush: () => secrets.flush?.() ?? Promise.resolve() }),
		}
	);
}
