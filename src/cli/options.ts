import { type Command, InvalidArgumentError } from 'commander';
import { readShard } from '../plan/shard.ts';
import type { Shard } from '../plan/types.ts';

// The flags that commands share. Only words and their meaning: the work is loaded when a command is run.

const collect = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

const words = (value: string, before: readonly string[] = []): readonly string[] => [
	...before,
	...value
		.split(',')
		.map((word) => word.trim())
		.filter((word) => word !== ''),
];

/** A whole number above 0. */
export function positive(value: string): number {
	if (!/^[1-9]\d*$/.test(value)) {
		throw new InvalidArgumentError('Give a whole number above 0.');
	}

	return Number(value);
}

function shard(value: string): Shard {
	const read = readShard(value);
	if (read === undefined) {
		throw new InvalidArgumentError('Give PART/PARTS, counted from 1: 2/5 is the second of five.');
	}

	return read;
}

export const sourceOptions = (command: Command): Command =>
	command
		.optionsGroup('Where hosts and values come from:')
		.option(
			'-i, --inventory <path>',
			'folder, file, program or list "a,b," (repeatable; later ones win)',
			collect,
		)
		.option('-e, --extra-vars <values>', 'key=value, JSON, or @FILE: wins over every other value', collect)
		.option('--identity <file>', 'age key that opens the secrets (or G2PBOOK_AGE_KEY_FILE)')
		.option('--roles-path <folder>', 'look for roles here too (repeatable)', collect);

export const connectionOptions = (command: Command): Command =>
	command
		.optionsGroup('How hosts are reached:')
		.option('-u, --user <name>', 'log in as, where the inventory does not say')
		.option('-c, --connection <kind>', 'ssh, openssh, docker or local, where the inventory does not say')
		.option('--private-key <file>', 'SSH key, where the inventory does not say')
		.option('-b, --become', 'do everything as root (by sudo), where the playbook does not say')
		.option('-K, --ask-become-pass', 'ask for the sudo password')
		.option('--accept-new-host-keys', 'trust hosts that are not in known_hosts yet; changed keys are refused')
		.option('-f, --forks <number>', 'hosts at work at the same time', positive, 50);

export const outputOptions = (command: Command): Command =>
	command
		.optionsGroup('What is told:')
		.option(
			'-v, --verbose',
			'results per host; -vv commands too; -vvv their output too',
			(_, n: number) => n + 1,
			0,
		)
		.option('-D, --diff', 'show what changes, line by line')
		.option('--profile', 'at the end, the slowest tasks and what they waited for')
		.option('--report <format[=file]>', 'json, junit or html, to stdout or a file (repeatable)', collect);

const shardFlag = [
	'--shard <part/parts>',
	'only this share of the hosts, for several runs side by side: 2/5',
	shard,
] as const;

export const shardOption = (command: Command): Command =>
	command.optionsGroup('Which part:').option(...shardFlag);

export const selectionOptions = (command: Command): Command =>
	command
		.optionsGroup('Which part:')
		.option('-l, --limit <pattern>', 'only these hosts: names, groups, wildcards, @FILE')
		.option(...shardFlag)
		.option('-t, --tags <names>', 'only tasks with one of these tags', words)
		.option('--skip-tags <names>', 'no task with one of these tags', words)
		.option('--start-at-task <name>', 'leave out what comes before this task');

export const effectOptions = (command: Command): Command =>
	command
		.optionsGroup('With what effect:')
		.option('-C, --check', 'change nothing, say what would change')
		.option('--step', 'ask before each task')
		.option('--lock-wait <seconds>', 'wait so long for another run to give a host back', positive)
		.option('--break-lock', 'take over hosts that another run has locked')
		.option('--force-handlers', 'run notified handlers on failed hosts too')
		.option('--ignore-unreachable', 'a host that cannot be reached stops no other; the exit code tells it')
		.option('--detailed-exitcode', 'exit 3 when something changed, or would')
		.option('--require-exact', 'exit 2 when a check cannot tell exactly what a run would do');

/** Examples below the help of a command; every command has at least one. */
export const examples = (command: Command, ...lines: readonly string[]): Command =>
	command.addHelpText('after', `\nExamples:\n${lines.map((line) => `  $ ${line}\n`).join('')}`);
