import test from 'ava';
import { Diagnostics } from '../src/diagnostics.ts';
import type { HostRecap, HostResult, RunEvent, Spent, TaskInfo } from '../src/engine/events.ts';
import { BadInput } from '../src/errors.ts';
import { loadInventory } from '../src/inventory/load.ts';
import { compile } from '../src/plan/compile.ts';
import { isInShard, readShard } from '../src/plan/shard.ts';
import { taskPlaybook } from '../src/playbook/role-play.ts';
import { humanReport } from '../src/report/human.ts';
import { jsonReport } from '../src/report/json.ts';
import { mergeRuns } from '../src/report/merge.ts';
import { profileReport } from '../src/report/profile.ts';
import { readRun } from '../src/report/saved-run.ts';
import type { Traffic } from '../src/session/types.ts';
import { Redactor } from '../src/shell/secret.ts';

// A large estate: cut among runs, told as one, and where its time goes.

for (const [text, expected] of [
	['1/1', { index: 1, of: 1 }],
	['2/5', { index: 2, of: 5 }],
	['5/5', { index: 5, of: 5 }],
	...['0/5', '6/5', '2', '2/', '/5', '2/0', '-1/5', '1.5/5', '2 / 5', 'a/b', ''].map(
		(wrong) => [wrong, undefined] as const,
	),
] as const) {
	test(`--shard ${JSON.stringify(text)} ${expected === undefined ? 'means nothing' : 'is read'}`, (t) => {
		t.deepEqual(readShard(text), expected);
	});
}

const thousand = Array.from({ length: 1000 }, (_, index) => `node-${index}.example.org`);
const parts = (hosts: readonly string[], of: number): readonly (readonly string[])[] =>
	Array.from({ length: of }, (_, at) => hosts.filter((host) => isInShard(host, { index: at + 1, of })));

test('each host is in one shard, whoever else there is', (t) => {
	const five = parts(thousand, 5);
	t.deepEqual(five.flat().sort(), thousand.toSorted());
	for (const part of five) {
		t.true(part.length > 150 && part.length < 250, String(part.length));
	}

	const more = parts([...thousand, 'new-1', 'new-2'], 5);
	t.deepEqual(
		more.map((part) => part.filter((host) => !host.startsWith('new'))),
		five,
	);
});

async function planOf(list: string, pattern: string, selection: Parameters<typeof compile>[2]) {
	const problems = new Diagnostics();
	const inventory = await loadInventory([list], { cwd: '/', problems });
	const playbook = await taskPlaybook(pattern, 'ping', {}, {}, { cwd: '/', problems, extraVars: {} });
	const plan = compile(playbook, inventory, selection, problems);
	return { plan, problems: problems.list.map(({ summary }) => summary) };
}

const tens = thousand.slice(0, 10);
const list = `${tens.join(',')},`;

test('a plan holds the hosts of its shard, and its inventory everybody', async (t) => {
	const plans = await Promise.all([1, 2, 3].map((index) => planOf(list, 'all', { shard: { index, of: 3 } })));
	t.deepEqual(plans.flatMap(({ plan }) => plan.plays[0]?.hosts ?? []).sort(), tens.toSorted());
	for (const { plan } of plans) {
		t.deepEqual(plan.inventory.groups.get('all')?.hosts, tens);
	}
});

test('a shard is cut from what --limit leaves; an empty one is no mistake', async (t) => {
	const [only = ''] = tens;
	const both = await Promise.all(
		[1, 2].map((index) => planOf(list, 'all', { limit: only, shard: { index, of: 2 } })),
	);
	t.deepEqual(
		both.flatMap(({ plan }) => plan.plays[0]?.hosts ?? []),
		[only],
	);
	t.deepEqual(
		both.flatMap(({ plan }) => plan.plays[0]?.skippedBecause ?? []),
		[`none of its hosts is in shard ${isInShard(only, { index: 1, of: 2 }) ? 2 : 1} of 2`],
	);
	t.deepEqual(
		both.flatMap(({ problems }) => problems),
		[],
	);
});

test('each shard has the controller as its localhost, when no inventory names one', async (t) => {
	for (const index of [1, 2, 3]) {
		const implicit = await planOf(list, 'localhost', { shard: { index, of: 3 } });
		t.deepEqual(implicit.plan.plays[0]?.hosts, ['localhost']);
	}

	const named = await Promise.all(
		[1, 2, 3].map((index) => planOf('localhost,', 'localhost', { shard: { index, of: 3 } })),
	);
	t.deepEqual(
		named.flatMap(({ plan }) => plan.plays[0]?.hosts ?? []),
		['localhost'],
	);
});

const traffic = (more: Partial<Traffic> = {}): Traffic => ({
	...{ roundTrips: 0, reads: 0, writes: 0, processes: 0 },
	...{ bytesSent: 0, bytesReceived: 0, connecting: 0, waiting: 0 },
	...more,
});

const info = (name: string): TaskInfo => ({
	id: `site.yml:${name}`,
	name,
	module: 'file',
	role: undefined,
	play: 'Web',
	handler: false,
	source: { file: 'site.yml', line: 3, column: 3 },
	noLog: false,
});

type Told = Readonly<Record<string, HostResult['status']>>;
type Given = {
	readonly tasks: Readonly<Record<string, Told>>;
	readonly shard?: { readonly index: number; readonly of: number };
	readonly exitCode?: number;
	readonly playbook?: string;
	readonly check?: boolean;
	readonly interrupted?: boolean;
	/** Seconds. */
	readonly duration?: number;
};

function eventsOf(given: Given): readonly RunEvent[] {
	const { tasks, exitCode = 0, playbook = 'site.yml', check = false, interrupted = false } = given;
	const hosts = [...new Set(Object.values(tasks).flatMap((results) => Object.keys(results)))];
	const recap = hosts.map((host): HostRecap => {
		const count = (status: string) =>
			Object.values(tasks).filter((results) => results[host] === status).length;
		return {
			...{ host, skipped: 0, rescued: 0, ignored: 0, wouldRun: 0, notReached: 0, pendingHandlers: [] },
			ok: count('ok'),
			changed: count('changed'),
			failed: count('failed'),
			unreachable: count('unreachable'),
			might: count('might'),
			traffic: traffic({ roundTrips: 2 }),
		};
	});
	return [
		{
			...{ kind: 'run-start', playbook, check, hosts, runId: 'r', shard: given.shard },
			time: '2030-01-01T00:00:00.000Z',
		},
		{ kind: 'play-start', play: 'Web', hosts, batch: undefined },
		...Object.entries(tasks).flatMap(([name, told]): RunEvent[] => {
			const results = Object.entries(told).map(
				([host, status]): HostResult => ({
					...{ host, status, label: undefined, ignored: false, items: [], duration: 0.1 },
					...(status === 'changed'
						? {
								change: {
									action: 'update',
									before: { mode: '0600' },
									after: { mode: '0644' },
									keys: new Set(['mode']),
								},
							}
						: {}),
				}),
			);
			return [
				{ kind: 'task-start', task: info(name), hosts: results.map(({ host }) => host) },
				...results.map((result): RunEvent => ({ kind: 'host-end', task: info(name), result })),
				{ kind: 'task-end', task: info(name), results },
			];
		}),
		{ kind: 'run-end', recap, duration: given.duration ?? 1, exitCode, interrupted },
	];
}

/** As --report json writes it. */
function saved(given: Given): string {
	let text = '';
	const report = jsonReport({
		write: (part) => {
			text += part;
		},
		redactor: new Redactor(),
		version: '1.0.0',
	});
	for (const event of eventsOf(given)) {
		report.event(event);
	}

	return text;
}

const merged = (...given: readonly Given[]): readonly RunEvent[] =>
	mergeRuns(given.map((each, index) => readRun(`${index + 1}.json`, saved(each))));

function human(events: readonly RunEvent[], diff = false): string {
	let text = '';
	const report = humanReport({
		...{ colour: false, verbosity: 0, diff, live: false, width: () => 80, redactor: new Redactor() },
		write: (part) => {
			text += part;
		},
	});
	for (const event of events) {
		report.event(event);
	}

	return text;
}

test('parts are told as the one run over all their hosts would be', (t) => {
	const one = { tasks: { a: { h1: 'ok' }, b: { h1: 'changed' } }, duration: 2 } as const;
	const other = { tasks: { a: { h2: 'ok' }, mine: { h2: 'ok' }, b: { h2: 'failed' } }, exitCode: 2 } as const;
	const whole = {
		tasks: { a: { h1: 'ok', h2: 'ok' }, mine: { h2: 'ok' }, b: { h1: 'changed', h2: 'failed' } },
		exitCode: 2,
		duration: 2,
	} as const;
	t.is(human(merged(one, other), true), human(eventsOf(whole), true));
	t.deepEqual(merged(one, other).at(-1), {
		...eventsOf(whole).at(-1),
	} as RunEvent);
});

const ok = { a: { h1: 'ok' } } as const;
const codes: readonly (readonly [title: string, parts: readonly Given[], code: number])[] = [
	['all is well', [{ tasks: ok }, { tasks: { a: { h2: 'changed' } } }], 0],
	['a host failed', [{ tasks: ok }, { tasks: { a: { h2: 'failed' } }, exitCode: 2 }], 2],
	[
		'something changed, and that was asked for',
		[{ tasks: ok }, { tasks: { a: { h2: 'changed' } }, exitCode: 3 }],
		3,
	],
	['a host was not reached', [{ tasks: ok }, { tasks: { a: { h2: 'unreachable' } }, exitCode: 4 }], 4],
	[
		'one failed here, one was not reached there',
		[
			{ tasks: { a: { h1: 'failed' } }, exitCode: 2 },
			{ tasks: { a: { h2: 'unreachable' } }, exitCode: 4 },
		],
		6,
	],
	[
		'a failure weighs more than a change',
		[
			{ tasks: { a: { h1: 'changed' } }, exitCode: 3 },
			{ tasks: { a: { h2: 'failed' } }, exitCode: 2 },
		],
		2,
	],
	['--require-exact was not met', [{ tasks: ok }, { tasks: { a: { h2: 'might' } }, exitCode: 2 }], 2],
	[
		'one was interrupted',
		[{ tasks: ok }, { tasks: { a: { h2: 'ok' } }, exitCode: 130, interrupted: true }],
		130,
	],
];

for (const [title, given, code] of codes) {
	test(`merged exit code ${code}: ${title}`, (t) => {
		const end = merged(...given).at(-1);
		t.is(end?.kind === 'run-end' ? end.exitCode : undefined, code);
	});
}

const shard = (index: number, of: number) => ({ index, of });
const refusals: readonly (readonly [title: string, read: () => unknown, message: RegExp])[] = [
	[
		'another playbook',
		() => merged({ tasks: ok }, { tasks: { a: { h2: 'ok' } }, playbook: 'other.yml' }),
		/1\.json is a run of site\.yml, 2\.json is a run of other\.yml/,
	],
	[
		'a check and a run',
		() => merged({ tasks: ok }, { tasks: { a: { h2: 'ok' } }, check: true }),
		/1\.json is a run of site\.yml, 2\.json is a check of site\.yml/,
	],
	['a host twice', () => merged({ tasks: ok }, { tasks: ok }), /a host is \[h1\] in 1\.json and in 2\.json/],
	[
		'a shard that is missing',
		() => merged({ tasks: ok, shard: shard(1, 3) }, { tasks: { a: { h2: 'ok' } }, shard: shard(3, 3) }),
		/the report of shard 2 of 3 is missing/,
	],
	[
		'shards of two splittings',
		() => merged({ tasks: ok, shard: shard(1, 2) }, { tasks: { a: { h2: 'ok' } }, shard: shard(2, 3) }),
		/some of other shards/,
	],
	['a file of something else', () => readRun('x.json', '{"a":1}'), /x\.json is no report of a run: g2pbook/],
	['a text', () => readRun('x.json', 'hello'), /x\.json is no whole JSON document/],
	['a run that was cut off', () => readRun('x.json', saved({ tasks: ok }).slice(0, 300)), /no whole JSON/],
	[
		'a run without an end',
		() => readRun('x.json', '{"g2pbook":"1","events":[]}'),
		/does not tell the beginning of its run/,
	],
];

for (const [title, read, message] of refusals) {
	test(`merging refuses ${title}`, (t) => {
		t.throws(read, { instanceOf: BadInput, message });
	});
}

test('an empty shard counts as told, and each controller is a host of its own', (t) => {
	const local = { a: { localhost: 'ok' } } as const;
	const events = merged(
		{ tasks: { ...local }, shard: shard(1, 3) },
		{ tasks: { ...local }, shard: shard(2, 3) },
		{ tasks: {}, shard: shard(3, 3) },
	);
	const end = events.at(-1);
	t.deepEqual(end?.kind === 'run-end' ? end.recap.map(({ host }) => host) : [], [
		'localhost (shard 1 of 3)',
		'localhost (shard 2 of 3)',
	]);
});

test('--profile: the slowest tasks, what they waited for, and the sums', (t) => {
	let text = '';
	const redactor = new Redactor();
	redactor.add('geheim');
	const report = profileReport({
		redactor,
		write: (part) => {
			text += part;
		},
	});
	const end = (name: string, spent: Spent, results: readonly HostResult[]) =>
		report.event({ kind: 'task-end', task: info(name), results, spent });
	const result = (host: string, duration: number, spent?: Partial<Traffic>): HostResult => ({
		...{ host, status: 'ok', label: undefined, ignored: false, items: [], duration },
		spent: spent === undefined ? undefined : traffic(spent),
	});
	const sent = traffic({ roundTrips: 3, processes: 7, bytesSent: 1500, bytesReceived: 2_500_000 });
	end('quick', { duration: 0.004, cpu: 0.003, traffic: traffic() }, [result('h1', 0.002)]);
	end('geheim slow', { duration: 2, cpu: 0.5, traffic: sent }, [
		result('h1', 0.5),
		result('h2', 1.9, { connecting: 0.4, waiting: 1.2 }),
	]);
	// The next batch.
	end('quick', { duration: 0.006, cpu: 0.001, traffic: traffic() }, [result('h3', 0.005)]);
	report.event({
		...{ kind: 'run-end', duration: 2.5, exitCode: 0, interrupted: false },
		recap: [],
		spent: { duration: 2.5, cpu: 0.6, traffic: { ...sent, connecting: 0.4, waiting: 1.2 } },
	});
	t.deepEqual(text.split('\n'), [
		'',
		'Profile: the slowest tasks; what the slowest host of each waited for; what all hosts took together',
		'   wall  slowest host  of it login   host  controller     cpu  trips  pieces    sent  received  task',
		'  2.0 s  h2 1.9 s           400 ms  1.2 s      300 ms  500 ms      3       7  1.5 KB    2.5 MB  •••••• slow',
		'  10 ms  h3 5 ms              0 ms   0 ms        5 ms    4 ms      0       0     0 B       0 B  quick',
		'  2.5 s in all, 490 ms of it between tasks and at the end',
		'  controller: 600 ms of its processors, 600 ms per host',
		'  hosts: 3 round trips, 7 pieces of work, 1.5 KB sent, 2.5 MB received, 400 ms logging in, 1.2 s waiting for answers',
		'',
	]);
});
