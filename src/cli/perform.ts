import { setFlagsFromString } from 'node:v8';
import type { Emit } from '../engine/events.ts';
import { execute } from '../engine/execute.ts';
import type { ExecuteOptions } from '../engine/options.ts';
import { BadInput } from '../errors.ts';
import type { Plan } from '../plan/types.ts';
import type { ConnectionFlags, EffectFlags, OutputFlags } from './flags.ts';
import { watchInterrupt } from './interrupt.ts';
import { openReports } from './reports.ts';
import { openTerminal } from './terminal.ts';

/** What a run needs beside its plan and the flags. */
export type Surroundings = Pick<
	ExecuteOptions,
	'extraVars' | 'secrets' | 'redactor' | 'refreshInventory' | 'decrypt'
>;

/** How it is told, beyond what the person asks for. */
type Telling = {
	/** One task without a playbook: see `HumanOptions`. */
	readonly oneTask?: boolean;
	/** Tell nothing. */
	readonly quiet?: boolean;
};

// Up to these, a run is a tenth faster with twenty megabytes more; with a hundred, memory is what is short.
const fewHosts = 20;

/** Do a plan, with reports, questions and Ctrl-C; gives the exit code. */
export async function perform(
	plan: Plan,
	flags: ConnectionFlags & OutputFlags & EffectFlags & Telling,
	surroundings: Surroundings,
	listen: Emit = () => {},
): Promise<number> {
	requirePerson(flags);
	if (new Set(plan.plays.flatMap(({ hosts }) => hosts)).size > fewHosts) {
		setFlagsFromString('--optimize-for-size');
	}

	const { redactor } = surroundings;
	const diff = flags.diff ?? false;
	const reports = openReports({
		report: flags.report ?? [],
		verbosity: flags.verbose,
		diff,
		redactor,
		profile: flags.profile ?? false,
		oneTask: flags.oneTask ?? false,
		quiet: flags.quiet ?? false,
	});
	const terminal = openTerminal(reports);
	const interrupt = watchInterrupt((how) => reports.emit({ kind: 'interrupted', how }));
	try {
		const { exitCode } = await execute(
			plan,
			{
				...surroundings,
				check: flags.check ?? false,
				diff,
				forks: flags.forks,
				lookAhead: 1000,
				showArgs: flags.verbose >= 2,
				becomePassword: flags.askBecomePass ? () => terminal.becomePassword() : undefined,
				become: flags.become,
				user: flags.user,
				connection: flags.connection,
				privateKeyFile: flags.privateKey,
				acceptNewHostKeys: flags.acceptNewHostKeys ?? false,
				breakLock: flags.breakLock ?? false,
				lockWait: flags.lockWait ?? 0,
				forceHandlers: flags.forceHandlers ?? false,
				ignoreUnreachable: flags.ignoreUnreachable ?? false,
				step: flags.step ? (task) => terminal.step(task) : undefined,
				prompt: (question, echo) => terminal.ask(question, echo),
				interrupt,
				detailedExitCode: flags.detailedExitcode ?? false,
				requireExact: flags.requireExact ?? false,
			},
			(event) => {
				reports.emit(event);
				listen(event);
			},
		);
		return exitCode;
	} finally {
		interrupt.release();
		reports.pause();
		reports.close();
	}
}

// Known before anything is touched, instead of a run that waits for nobody or leaves every task out.
function requirePerson({ step, askBecomePass }: EffectFlags & ConnectionFlags): void {
	if (process.stdin.isTTY) {
		return;
	}

	if (step) {
		throw new BadInput('--step asks before each task, and nobody is at a terminal to answer');
	}

	if (askBecomePass) {
		throw new BadInput('-K asks for the sudo password, and nobody is at a terminal to answer', {
			hint: 'keep it in the inventory instead: ansible_become_password: !secret NAME',
		});
	}
}
