import { exitCodes } from '../errors.ts';
import type { Facts } from '../module/facts.ts';
import { taskPlaybook } from '../playbook/role-play.ts';
import type { ExecFlags, FactsFlags } from './flags.ts';
import { moduleArguments, moduleNamed } from './module-arguments.ts';
import { perform } from './perform.ts';
import { prepare } from './prepare.ts';

/** `exec` and `ping`: one task on some hosts; gives the exit code. */
export async function runModule(hosts: string, words: readonly string[], flags: ExecFlags): Promise<number> {
	const module = moduleNamed(flags.module);
	const given = flags.args === undefined ? words : [...words, flags.args];
	const args = moduleArguments(module, given);
	const check = flags.check === true;
	const { plan, surroundings, store } = await prepare(
		(options) => taskPlaybook(hosts, module.name, args, {}, options),
		flags,
		// Where nothing is computed no secret is made, so there need not be a place for it.
		{ looking: check || !given.some((word) => /\{\{|!(cel|secret)\b/.test(word)) },
	);
	const exitCode = await perform(plan, { ...flags, diff: flags.diff ?? check, oneTask: true }, surroundings);
	await store?.flush();
	return exitCode;
}

/** `facts`: as JSON, by host; failures on stderr. */
export async function printFacts(hosts: string, flags: FactsFlags): Promise<number> {
	const { plan, surroundings } = await prepare(
		async (options) => {
			const playbook = await taskPlaybook(hosts, 'debug', { var: 'facts' }, {}, options);
			return { ...playbook, plays: playbook.plays.map((play) => ({ ...play, gatherFacts: true })) };
		},
		flags,
		{ looking: true },
	);
	const found: Record<string, unknown> = {};
	let failed = false;
	const exitCode = await perform(plan, { ...flags, quiet: true }, surroundings, (event) => {
		if (event.kind !== 'host-end') {
			return;
		}

		const { host, status, message = '', hint } = event.result;
		if (status === 'ok' && event.task.module === 'debug') {
			// `debug` says NAME: VALUE, a value that is no text as JSON.
			found[host] = part(JSON.parse(message.slice('facts: '.length)) as Facts, flags.filter);
		} else if (status !== 'ok') {
			failed = true;
			process.stderr.write(`${host}: ${message}\n${hint === undefined ? '' : `  ${hint}\n`}`);
		}
	});
	process.stdout.write(`${JSON.stringify(found, undefined, 2)}\n`);
	const values = Object.values(found);
	if (flags.filter !== undefined && values.length > 0 && values.every((value) => value === null)) {
		process.stderr.write(`No host has a fact "${flags.filter}": without --filter all are shown.\n`);
	}

	return failed && exitCode === exitCodes.ok ? exitCodes.hostFailed : exitCode;
}

/** What a path such as `default_ipv4.address` leads to; null where there is nothing. */
function part(facts: Facts, path: string | undefined): unknown {
	let value: unknown = facts;
	for (const key of path?.split('.') ?? []) {
		value =
			typeof value === 'object' && value !== null && Object.hasOwn(value, key)
				? (value as Readonly<Record<string, unknown>>)[key]
				: null;
	}

	return value;
}
