import test from 'ava';
import type { HostRecap, HostResult, ItemResult, RunEvent, TaskInfo } from '../src/engine/events.ts';
import { htmlReport } from '../src/report/html/html.ts';
import { humanReport } from '../src/report/human.ts';
import { jsonReport } from '../src/report/json.ts';
import { junitReport } from '../src/report/junit.ts';
import { liveText } from '../src/report/live-line.ts';
import { wantsColour } from '../src/report/style.ts';
import { Redactor, Secret } from '../src/shell/secret.ts';
import { answered as answersOf, recapOf, resultOf as result } from './fixtures/report/run.ts';

const info = (name: string, more: Partial<TaskInfo> = {}): TaskInfo => ({
	id: `roles/nfs/tasks/main.yml:${name}`,
	name,
	module: 'file',
	role: 'nfs',
	play: 'Storage',
	handler: false,
	source: { file: 'roles/nfs/tasks/main.yml', line: 12, column: 3 },
	noLog: false,
	...more,
});

const item = (status: ItemResult['status'], more: Partial<ItemResult> = {}): ItemResult => ({
	status,
	label: undefined,
	...more,
});

const start = (check = false, hosts = ['web01', 'web02']): RunEvent => ({
	kind: 'run-start',
	playbook: 'site.yml',
	runId: '5f3a',
	check,
	hosts,
	time: '2030-01-01T00:00:00.000Z',
});

const end = (
	recap: readonly HostRecap[],
	more: Partial<Extract<RunEvent, { kind: 'run-end' }>> = {},
): RunEvent => ({ kind: 'run-end', recap, duration: 1.25, exitCode: 0, interrupted: false, ...more });

const answered = (task: TaskInfo, ...results: readonly HostResult[]): readonly RunEvent[] =>
	answersOf(task, results);

type Options = {
	oneTask?: boolean;
	verbosity?: number;
	diff?: boolean;
	colour?: boolean;
	secrets?: readonly string[];
};

function human(events: readonly RunEvent[], options: Options = {}): string {
	const { verbosity = 0, diff = false, colour = false, oneTask = false } = options;
	let text = '';
	const write = (part: string) => {
		text += part;
	};
	const redactor = new Redactor();
	for (const secret of options.secrets ?? []) {
		redactor.add(secret);
	}

	const report = humanReport({
		...{ write, colour, verbosity, diff, oneTask, live: false, width: () => 80, redactor },
	});
	for (const event of events) {
		report.event(event);
	}

	return text;
}

/** What one task looks like. */
const told = (task: TaskInfo, results: readonly HostResult[], options: Options & { check?: boolean } = {}) =>
	human([start(options.check), ...answered(task, ...results)], options)
		.split('\n')
		.slice(1)
		.join('\n')
		.trimEnd();

const many = Array.from({ length: 97 }, (_, index) =>
	result(`web${String(index + 1).padStart(2, '0')}`, 'ok'),
);
const mode = {
	action: 'update',
	before: { mode: '0644', owner: 'root' },
	after: { mode: '0600', owner: 'g2p' },
} as const;
const modeChange = { ...mode, keys: new Set(['mode', 'owner']) };
const failed = {
	message: 'the command ended with code 127',
	hint: 'install postgresql-client',
	steps: ['createdb g2p'],
	output: { code: 127, stdout: '', stderr: 'sh: createdb: not found\n' },
};

const tasks: readonly {
	readonly title: string;
	readonly task?: TaskInfo;
	readonly results: readonly HostResult[];
	readonly options?: Options & { check?: boolean };
	readonly text: string;
}[] = [
	{
		title: 'what is fine is short',
		results: [result('web01', 'ok'), result('web02', 'ok')],
		text: '  = nfs : Write exports · ok 2',
	},
	{
		title: 'the many are counted, the few are named',
		results: [
			...many,
			result('web98', 'changed'),
			result('db01', 'failed', { ignored: true, message: 'no' }),
		],
		text: `  ✗ nfs : Write exports · ok 97 · changed 1 [web98] · failed 1 [db01] (ignored)
    db01
      no
      at roles/nfs/tasks/main.yml:12:3`,
	},
	{
		title: 'a task that takes a second or more says so',
		results: [result('web01', 'skipped', { duration: 75 }), result('web02', 'ok')],
		text: '  = nfs : Write exports · ok 1 · skipped 1  1 min 15 s',
	},
	{
		title: 'a handler and a play without a role',
		task: info('restart nginx', { handler: true, role: undefined }),
		results: [result('web01', 'changed', { delegatedTo: 'lb01' })],
		text: '  ~ handler: restart nginx · changed 1 [web01 → lb01]',
	},
	{
		title: 'equal changes of several hosts are shown once',
		results: [
			result('web01', 'changed', { change: modeChange }),
			result('web02', 'changed', { change: { action: 'create', after: { mode: '0600', gid: undefined } } }),
			result('web03', 'changed', { change: modeChange }),
		],
		options: { diff: true },
		text: `  ~ nfs : Write exports · changed 3 [web01 web02 web03]
    web01 web03
      mode   0644 → 0600
      owner  root → g2p
    web02
      created  + mode  0600`,
	},
	{
		title: 'a check says would',
		results: [
			result('web01', 'changed', { change: { action: 'delete', before: { groups: ['a', 'b'] } } }),
			result('web02', 'would-run', { steps: ['nginx -s reload'] }),
			result('web03', 'might', { message: 'depends on the result of "Read the version"' }),
		],
		options: { diff: true, check: true },
		text: `  ~ nfs : Write exports · would change 1 [web01] · would run 1 [web02] · might run 1 [web03]
    web01
      would delete  - groups  a, b
    web02
      $ nginx -s reload
    web03
      depends on the result of "Read the version"`,
	},
	{
		title: 'a text that is part of the state is shown once',
		results: [
			result('web01', 'changed', {
				change: {
					action: 'update',
					before: { content: 'one\ntwo\n', mode: '0644' },
					after: { content: 'one\n2\n', mode: '0600' },
					keys: new Set(['content', 'mode']),
				},
				details: [{ name: '/etc/exports', before: 'one\ntwo\n', after: 'one\n2\n' }],
			}),
		],
		options: { diff: true },
		text: `  ~ nfs : Write exports · changed 1 [web01]
    web01
      mode  0644 → 0600
      /etc/exports
      @@ -1,2 +1,2 @@
       one
      -two
      +2`,
	},
	{
		title: 'items that changed one text after the other share a diff',
		results: [
			result('web01', 'changed', {
				items: ['one', 'two', 'three'].map((label, index, all) =>
					item('changed', {
						label,
						details: [
							{
								name: '/etc/hosts',
								before: all
									.slice(0, index)
									.map((line) => `${line}\n`)
									.join(''),
								after: all
									.slice(0, index + 1)
									.map((line) => `${line}\n`)
									.join(''),
							},
						],
					}),
				),
			}),
		],
		options: { diff: true },
		text: `  ~ nfs : Write exports · changed 1 [web01]
    web01
      changed  one, two, three
        /etc/hosts
        @@ -0,0 +1,3 @@
        +one
        +two
        +three`,
	},
	{
		title: 'texts are unified diffs, their fingerprints are not shown',
		results: [
			result('web01', 'changed', {
				change: {
					action: 'update',
					before: { sha256: 'a'.repeat(64) },
					after: { sha256: 'b'.repeat(64) },
					keys: new Set(['sha256']),
				},
				details: [{ name: '/etc/exports', before: 'one\ntwo\n', after: 'one\n2\n' }],
			}),
		],
		options: { diff: true },
		text: `  ~ nfs : Write exports · changed 1 [web01]
    web01
      /etc/exports
      @@ -1,2 +1,2 @@
       one
      -two
      +2`,
	},
	{
		title: 'secret and binary content',
		results: [
			result('web01', 'changed', {
				details: [
					{ name: '/etc/key', before: new Secret('one'), after: new Secret('two') },
					{ name: '/bin/x', before: '', after: 'ELF\0\u0001\u0002' },
				],
			}),
		],
		options: { diff: true },
		text: `  ~ nfs : Write exports · changed 1 [web01]
    web01
      /etc/key: differs, hidden because it is secret
      /bin/x
      @@ -0,0 +1,1 @@
      +binary, 6 bytes, sha256 06692bd406f5…
      \\ No newline at end of file`,
	},
	{
		title: 'a loop tells the items that did something',
		results: [
			result('web01', 'failed', {
				items: [
					item('ok', { label: 'alice' }),
					item('changed', { label: 'bob' }),
					item('changed', { label: 'carol' }),
					item('failed', { label: 'dave', ...failed }),
				],
			}),
		],
		text: `  ✗ nfs : Write exports · failed 1 [web01]
    web01
      changed  bob, carol
      failed  dave
        the command ended with code 127
        $ createdb g2p
        stderr
          │ sh: createdb: not found
        at roles/nfs/tasks/main.yml:12:3
        hint: install postgresql-client`,
	},
	{
		title: 'many items are folded',
		results: [
			result('web01', 'changed', {
				items: Array.from({ length: 30 }, (_, index) => item('changed', { label: `user${index}` })),
			}),
		],
		text: `  ~ nfs : Write exports · changed 1 [web01]
    web01
      changed  user0, user1, user2, user3, user4, user5, user6, user7, … 22 more`,
	},
	{
		title: '-v has a line per host, with times and reasons',
		results: [
			result('web01', 'skipped', { message: 'ready is false' }),
			result('web02', 'ok', { attempts: 3, message: 'hello' }),
		],
		options: { verbosity: 1 },
		text: `  = nfs : Write exports · ok 1 · skipped 1  0.2 s
    web01  skipped  0.2 s
      ready is false
    web02  ok  0.2 s
      hello
      after 3 attempts`,
	},
	{
		title: '-vvv has arguments, commands and output',
		results: [
			result('web01', 'changed', {
				args: { path: '/etc/exports', mode: 420 },
				steps: ['exportfs -r'],
				output: { code: 0, stdout: 'exported\n', stderr: '' },
			}),
		],
		options: { verbosity: 3 },
		text: `  ~ nfs : Write exports · changed 1 [web01]  0.2 s
    web01  changed  0.2 s
      {path: "/etc/exports", mode: 420}
      $ exportfs -r
      rc 0
      stdout
        │ exported`,
	},
	{
		title: 'only the end of a long complaint',
		results: [
			result('web01', 'failed', {
				message: 'it failed',
				output: { code: 1, stderr: '', stdout: Array.from({ length: 42 }, (_, i) => `line ${i}\n`).join('') },
			}),
		],
		text: `  ✗ nfs : Write exports · failed 1 [web01]
    web01
      it failed
      rc 1
      stdout (last 40 of 42 lines)
${Array.from({ length: 40 }, (_, i) => `        │ line ${i + 2}`).join('\n')}
      at roles/nfs/tasks/main.yml:12:3`,
	},
	{
		title: 'no_log hides everything but the status',
		task: info('Set the password', { noLog: true }),
		results: [
			result('web01', 'failed', {
				...failed,
				args: { password: 'x' },
				items: [item('failed', { label: 'pw', ...failed })],
			}),
		],
		options: { verbosity: 3 },
		text: `  ✗ nfs : Set the password · failed 1 [web01]  0.2 s
    web01  failed  0.2 s
      failed  (hidden)
        hidden: no_log is set for this task
        at roles/nfs/tasks/main.yml:12:3`,
	},
	{
		title: 'output of a host cannot steer the terminal',
		results: [result('web01', 'failed', { message: '\u001B[2Jgone\u001B]0;title\u0007 \u0008back' })],
		text: `  ✗ nfs : Write exports · failed 1 [web01]
    web01
      gone �back
      at roles/nfs/tasks/main.yml:12:3`,
	},
];

for (const { title, task = info('Write exports'), results, options, text } of tasks) {
	test(`task: ${title}`, (t) => {
		t.is(told(task, results, options), text);
	});
}

test('a long diff is cut, -vv shows it whole', (t) => {
	const after = Array.from({ length: 472 }, (_, index) => `${index}\n`).join('');
	const changed = [result('web01', 'changed', { details: [{ name: 'f', before: '', after }] })];
	t.true(told(info('x'), changed, { diff: true }).endsWith('… 413 more lines (-vv shows them)'));
	t.true(told(info('x'), changed, { diff: true, verbosity: 2 }).endsWith('+471'));
});

test('a whole run that fails, and what it repeats at the end', (t) => {
	const task = info('Create the database', { role: undefined });
	t.is(
		human([
			start(),
			{ kind: 'play-start', play: 'Storage', hosts: ['web01', 'web02'], batch: 'batch 1 of 2' },
			{ kind: 'warning', text: 'the clock is off', host: 'web02' },
			...answered(info('Install'), result('web01', 'ok'), result('web02', 'changed')),
			...answered(
				task,
				result('web01', 'failed', failed),
				result('web02', 'unreachable', { message: 'gone' }),
			),
			{ kind: 'play-skipped', play: 'Backup', reason: 'no host matches "backup"' },
			end(
				[
					recapOf('web01', { ok: 1, failed: 1, notReached: 3 }),
					recapOf('web02', { changed: 1, unreachable: 1, notReached: 3, pendingHandlers: ['restart nfs'] }),
				],
				{ exitCode: 6 },
			),
		]),
		`Running site.yml on 2 hosts

Storage  batch 1 of 2 · web01 web02
  warning: web02: the clock is off
  ~ nfs : Install · ok 1 · changed 1 [web02]
  ✗ Create the database · unreachable 1 [web02] · failed 1 [web01]
    web01
      the command ended with code 127
      $ createdb g2p
      stderr
        │ sh: createdb: not found
      at roles/nfs/tasks/main.yml:12:3
      hint: install postgresql-client
    web02
      gone
      at roles/nfs/tasks/main.yml:12:3

Backup  skipped: no host matches "backup"

Failures
  ✗ Create the database [web01]
    the command ended with code 127
    $ createdb g2p
    stderr
      │ sh: createdb: not found
    at roles/nfs/tasks/main.yml:12:3
    hint: install postgresql-client
  ✗ Create the database [web02]
    gone
    at roles/nfs/tasks/main.yml:12:3

Recap
         ok  changed  failed  unreachable  not reached
  web01   1        0       1            0            3
  web02   0        1       0            1            3
  web02: notified, not yet run: restart nfs

Failed on 1 of 2 hosts [web01] after 1.3 s. 1 change made, 6 tasks not reached.
Mend the cause above, then run the same command again (-l web01 for these hosts only): what is done is found done.
Not reached: 1 host [web02]; nothing more was done there. Try \`g2pbook ping web02 -i INVENTORY\`, then run the same command again.
Handlers still wait on web02: the next run does them, nothing is lost.
`,
	);
});

test('tasks in a row that every host skipped are counted; -v tells each', (t) => {
	const skip = (name: string) => answered(info(name), result('web01', 'skipped', { message: 'x is false' }));
	const events: readonly RunEvent[] = [
		start(),
		...[...skip('a'), ...skip('b'), ...skip('c')],
		...answered(info('d'), result('web01', 'ok')),
		...skip('e'),
		{ kind: 'play-start', play: 'Last', hosts: [], batch: undefined },
		...[...skip('f'), ...skip('g')],
		end([]),
	];
	t.is(
		human(events),
		`Running site.yml on 2 hosts
  - 3 tasks skipped
  = nfs : d · ok 1
  - nfs : e · skipped 1

Last  no host is left for it
  - 2 tasks skipped

No host was concerned: nothing was done.
`,
	);
	t.is(human(events, { verbosity: 1 }).split('x is false').length - 1, 6);
});

test('one task without a playbook needs no headings, nor a table when all is well', (t) => {
	const play = { kind: 'play-start', play: 'command', hosts: ['web01'], batch: undefined } as const;
	const output = { code: 0, stdout: 'up 3 days\n', stderr: '' };
	t.is(
		human(
			[
				start(),
				play,
				...answered(info('command', { role: undefined }), result('web01', 'ok', { output })),
				end([recapOf('web01', { ok: 1 })]),
			],
			{ oneTask: true },
		),
		`Running site.yml on 2 hosts
  = command · ok 1
    web01
      stdout
        │ up 3 days

Done on 1 host, nothing changed. 1.3 s
`,
	);
	const failing = human(
		[
			start(),
			play,
			...answered(info('x'), result('web01', 'failed')),
			end([recapOf('web01', { failed: 1 })]),
		],
		{ oneTask: true },
	);
	t.regex(failing, /\n\nFailed on 1 of 1 host \[web01\] after 1\.3 s\.\n$/);
	t.notRegex(failing, /Recap|Failures/);
});

const fine = [recapOf('web01', { ok: 4 }), recapOf('web02', { ok: 4 })];
const endings: readonly {
	readonly title: string;
	readonly events: readonly RunEvent[];
	readonly last: string;
}[] = [
	{
		title: 'nothing changed',
		events: [start(), end(fine)],
		last: 'Nothing to change: 2 hosts already as described. 1.3 s',
	},
	{ title: 'no host', events: [start(), end([])], last: 'No host was concerned: nothing was done.' },
	{
		title: 'changes',
		events: [start(), end([recapOf('web01', { changed: 2 }), recapOf('web02')])],
		last: 'Done: 2 changes on 1 of 2 hosts. 1.3 s',
	},
	{
		title: 'failures that were ignored, and no change',
		events: [start(), end([recapOf('web01', { ignored: 2 }), recapOf('web02')])],
		last: 'Nothing was changed on 2 hosts; failures that were ignored: 2. 1.3 s',
	},
	{
		title: 'failures that were ignored, and changes',
		events: [start(), end([recapOf('web01', { ignored: 1, changed: 1 })])],
		last: 'Done: 1 change on 1 of 1 host; failures that were ignored: 1. 1.3 s',
	},
	{
		title: 'a quiet check',
		events: [start(true), end(fine)],
		last: 'Checked: nothing to change on 2 hosts. 1.3 s',
	},
	{
		title: 'a check that found changes',
		events: [start(true), end([recapOf('web01', { changed: 2, might: 1, wouldRun: 1 })])],
		last: 'Checked: 2 changes (exact), 1 task that might change something, 1 command that would run, with unknown result. Nothing was changed; run without --check to make them. 1.3 s',
	},
	{
		title: 'one has failed, and the other was served',
		events: [start(), end([recapOf('web01', { failed: 1, notReached: 2 }), recapOf('web02', { ok: 3 })])],
		last: 'Mend the cause above, then run the same command again (-l web01 for these hosts only): what is done is found done.',
	},
	{
		title: 'one has failed, and the other was stopped by that',
		events: [
			start(),
			end([recapOf('web01', { failed: 1, notReached: 2 }), recapOf('web02', { notReached: 2 })]),
		],
		last: 'Mend the cause above, then run the same command again: what is done is found done.',
	},
	{
		title: 'interrupted',
		events: [
			start(),
			{ kind: 'interrupted', how: 'finishing' },
			end([recapOf('web01', { changed: 1, notReached: 5 })], { interrupted: true, exitCode: 130 }),
		],
		last: 'Interrupted after 1.3 s. 1 change made, 5 tasks not reached. Run the same command again to go on: what is done is found done.',
	},
];

for (const { title, events, last } of endings) {
	test(`last words: ${title}`, (t) => {
		t.is(human(events).trimEnd().split('\n').at(-1), last);
	});
}

test('a task that never ended is told at the end; a rescued failure is not repeated', (t) => {
	const text = human([
		start(),
		...answered(info('Try'), result('web01', 'failed', failed)),
		{ kind: 'host-end', task: info('Wait'), result: result('web01', 'ok') },
		end([recapOf('web01', { ok: 1, rescued: 1 })]),
	]);
	t.true(text.includes('  = nfs : Wait · ok 1\n'));
	t.false(text.includes('Failures'));
});

const secret = 'hunter2-"quoted" & <long>';
const leaky: readonly RunEvent[] = [
	start(),
	...answered(
		info(`Say ${secret}`),
		result('web01', 'failed', {
			message: `could not use ${secret}`,
			hint: secret,
			steps: [`echo ${secret}`],
			output: { code: 1, stdout: secret, stderr: Buffer.from(secret).toString('base64') },
			args: { password: new Secret(secret), nested: { [secret]: [secret, 987_654_321] } },
			items: [item('failed', { label: secret, message: JSON.stringify({ secret }) })],
			change: { action: 'update', before: { key: 'x' }, after: { key: secret }, keys: new Set(['key']) },
			details: [{ name: '/etc/x', before: '', after: `password=${encodeURIComponent(secret)}\n` }],
		}),
	),
	{ kind: 'warning', text: secret, host: undefined },
	end([recapOf('web01', { failed: 1, pendingHandlers: [secret] })], { exitCode: 2 }),
];

const written = (
	make: typeof junitReport | typeof jsonReport | typeof htmlReport,
	events: readonly RunEvent[],
): string => {
	let text = '';
	const redactor = new Redactor();
	redactor.add(secret);
	redactor.add('987654321');
	const write = (part: string) => {
		text += part;
	};
	const report = make({ write, redactor, version: '1.2.3' });
	for (const event of events) {
		report.event(event);
	}

	return text;
};

test('a secret is in no report', (t) => {
	const forms = ['hunter2', 'quoted', '987654321', Buffer.from(secret).toString('base64').slice(0, 12)];
	for (const text of [
		human(leaky, { verbosity: 3, diff: true, secrets: [secret, '987654321'] }),
		written(jsonReport, leaky),
		written(junitReport, leaky),
		written(htmlReport, leaky),
	]) {
		for (const form of forms) {
			t.false(text.includes(form), `${form} in ${text}`);
		}
	}
});

test('JSON: a long text is cut', (t) => {
	const output = { code: 0, stdout: 'x'.repeat(70_000), stderr: '' };
	const text = written(jsonReport, [
		start(),
		...answered(info('x'), result('web01', 'ok', { output })),
		end([]),
	]);
	t.true(text.includes(`"${'x'.repeat(65_536)}… (4464 more characters)"`));
});

test('JSON: one document, each result once', (t) => {
	const changed = result('web01', 'changed', { change: modeChange });
	const events = [start(), ...answered(info('Write'), changed), end([recapOf('web01', { changed: 1 })])];
	const document: unknown = JSON.parse(written(jsonReport, events));
	t.like(document, {
		g2pbook: '1.2.3',
		events: [
			{ kind: 'run-start' },
			{ kind: 'task-start' },
			{ kind: 'host-end', result: { status: 'changed', change: { keys: ['mode', 'owner'] } } },
			{ kind: 'task-end', results: undefined },
			{ kind: 'run-end' },
		],
		recap: [{ host: 'web01', changed: 1 }],
		exitCode: 0,
	});
});

test('JUnit: a case per task and host, escaped', (t) => {
	const events = [
		start(),
		...answered(
			info('Write "a" & <b>', { role: undefined }),
			result('web01', 'ok'),
			result('web02', 'failed', { message: 'no\n<way>' }),
			result('web03', 'unreachable', { message: 'gone' }),
			result('web04', 'skipped', { message: 'ready is false' }),
		),
		end([]),
	];
	t.is(
		written(junitReport, events),
		`<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="site.yml" tests="4" time="1.250">
<testsuite name="Storage" failures="1" errors="1" skipped="1" tests="4" timestamp="2030-01-01T00:00:00.000Z">
<testcase classname="web01" name="Write &quot;a&quot; &amp; &lt;b&gt;" time="0.200" file="roles/nfs/tasks/main.yml" line="12"/>
<testcase classname="web02" name="Write &quot;a&quot; &amp; &lt;b&gt;" time="0.200" file="roles/nfs/tasks/main.yml" line="12">
<failure message="no&#10;&lt;way&gt;">
no&#10;&lt;way&gt;&#10;at roles/nfs/tasks/main.yml:12:3
</failure>
</testcase>
<testcase classname="web03" name="Write &quot;a&quot; &amp; &lt;b&gt;" time="0.200" file="roles/nfs/tasks/main.yml" line="12">
<error message="gone">
gone&#10;at roles/nfs/tasks/main.yml:12:3
</error>
</testcase>
<testcase classname="web04" name="Write &quot;a&quot; &amp; &lt;b&gt;" time="0.200" file="roles/nfs/tasks/main.yml" line="12">
<skipped message="ready is false"/>
</testcase>
</testsuite>
</testsuites>
`,
	);
});

test('the live line: longest first, failures, never wider than the terminal', (t) => {
	const busy = [
		{ host: 'web02', task: 'Install packages', since: 5000 },
		{ host: 'web01', task: 'Install\npackages', since: 1000, progress: 'waiting for dpkg' },
	];
	t.is(
		liveText(busy, ['db01'], 13_000, 100),
		'… 2 busy │ failed: db01 │ web01 waiting for dpkg 12 s │ web02 Install packages 8.0 s',
	);
	t.is(liveText(busy, [], 13_000, 20), '… 2 busy │ web01 wa…');
});

test('colours', (t) => {
	t.true(
		human([start(), ...answered(info('x'), result('a', 'ok'))], { colour: true }).includes('\u001B[32m'),
	);
	t.true(wantsColour({ isTTY: true }, {}));
	t.false(wantsColour({ isTTY: false }, {}));
	t.false(wantsColour({ isTTY: true }, { TERM: 'dumb' }));
	t.false(wantsColour({ isTTY: true }, { NO_COLOR: '1', FORCE_COLOR: '1' }));
	t.true(wantsColour({}, { FORCE_COLOR: '1' }));
	t.false(wantsColour({ isTTY: true }, { FORCE_COLOR: '0' }));
});
