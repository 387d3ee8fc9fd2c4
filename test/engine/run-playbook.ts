import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { ExecutionContext } from 'ava';
import { Diagnostics } from '../../src/diagnostics.ts';
import type { RunEvent, TaskInfo } from '../../src/engine/events.ts';
import { execute, type RunResult } from '../../src/engine/execute.ts';
import type { ExecuteOptions } from '../../src/engine/options.ts';
import { BadInput } from '../../src/errors.ts';
import { loadInventory } from '../../src/inventory/load.ts';
import { compile } from '../../src/plan/compile.ts';
import type { Selection } from '../../src/plan/types.ts';
import { loadPlaybook } from '../../src/playbook/load.ts';
import { Redactor, Secret } from '../../src/shell/secret.ts';
import type { SecretReference } from '../../src/vars/types.ts';

/** What a test says of a run. */
export type Given = {
	/** Plays as YAML; `DIR` stands for an empty folder of the test. */
	readonly playbook: string;
	/** Names of hosts, all of them this machine; `a,b` when not given. Or an inventory in YAML. */
	readonly hosts?: string;
	readonly inventory?: string;
	/** Further files, by path relative to the playbook. */
	readonly files?: Readonly<Record<string, string>>;
	readonly options?: Partial<ExecuteOptions>;
	readonly selection?: Selection;
	readonly secrets?: Readonly<Record<string, string>>;
};

export type Ran = RunResult & {
	readonly folder: string;
	readonly events: readonly RunEvent[];
	/** `task: a=ok b=changed`, a line for each time a task was done. */
	readonly lines: readonly string[];
	/** Messages of results, `task a: message: hint`. */
	readonly messages: readonly string[];
};

/** Run plays on this machine, through the whole way from text to events. */
export async function runPlaybook(t: ExecutionContext, given: Given, folder?: string): Promise<Ran> {
	const dir = folder ?? (await mkdtemp(join(tmpdir(), 'g2pbook-engine-')));
	if (folder === undefined) {
		t.teardown(() => rm(dir, { recursive: true, force: true }));
	}

	const files = {
		'site.yml': given.playbook,
		...(given.inventory === undefined ? {} : { 'hosts.yml': given.inventory }),
		...given.files,
	};
	for (const [name, text] of Object.entries(files)) {
		await mkdir(dirname(join(dir, name)), { recursive: true });
		await writeFile(join(dir, name), text.replaceAll('DIR', dir));
	}

	// Notes of pending handlers stay with the test: this machine stands for every host of every test.
	process.env.HOME = dir;
	const problems = new Diagnostics();
	const inventory = await loadInventory(
		given.inventory === undefined ? [`${given.hosts ?? 'a,b'},`] : [join(dir, 'hosts.yml')],
		{ cwd: dir, problems },
	);
	const playbook = await loadPlaybook(join(dir, 'site.yml'), { cwd: dir, problems });
	const plan = compile(playbook, inventory, given.selection ?? {}, problems);
	if (problems.errors.length > 0) {
		throw new BadInput(problems.list);
	}

	const redactor = new Redactor();
	const events: RunEvent[] = [];
	const result = await execute(
		plan,
		{
			check: false,
			diff: false,
			forks: 10,
			lookAhead: 64,
			showArgs: false,
			extraVars: {},
			secrets: { get: ({ name }: SecretReference) => new Secret(given.secrets?.[name] ?? '') },
			redactor,
			becomePassword: undefined,
			become: undefined,
			user: undefined,
			connection: 'local',
			privateKeyFile: undefined,
			acceptNewHostKeys: false,
			breakLock: false,
			// Other tests change this machine too.
			lockWait: 60,
			forceHandlers: false,
			ignoreUnreachable: false,
			step: undefined,
			prompt: undefined,
			refreshInventory: undefined,
			decrypt: undefined,
			interrupt: { finishing: false, killing: new AbortController().signal },
			detailedExitCode: false,
			requireExact: false,
			...given.options,
		},
		(event) => events.push(event),
	);
	return { ...result, folder: dir, events, lines: linesOf(events), messages: messagesOf(events) };
}

const isShown = ({ module }: TaskInfo): boolean => module !== 'facts';

const linesOf = (events: readonly RunEvent[]): readonly string[] =>
	events.flatMap((event) =>
		event.kind === 'task-end' && isShown(event.task)
			? [
					`${event.task.handler ? 'handler ' : ''}${event.task.name}: ${event.results
						.map(({ host, status, ignored }) => `${host}=${status}${ignored ? ' (ignored)' : ''}`)
						.join(' ')}`,
				]
			: [],
	);

const messagesOf = (events: readonly RunEvent[]): readonly string[] =>
	events.flatMap((event) =>
		event.kind === 'host-end' && isShown(event.task) && event.result.message !== undefined
			? [
					[`${event.task.name} ${event.result.host}`, event.result.message, event.result.hint]
						.filter((part) => part !== undefined)
						.join(': '),
				]
			: [],
	);
