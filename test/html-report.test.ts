import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import type { RunEvent } from '../src/engine/events.ts';
import type { Entry, TaskAnswers } from '../src/report/html/data.ts';
import { jsonReport } from '../src/report/json.ts';
import { mergeRuns } from '../src/report/merge.ts';
import { readRun } from '../src/report/saved-run.ts';
import { dots, Redactor, Secret } from '../src/shell/secret.ts';
import {
	answered,
	endOf,
	pageOf,
	recapOf,
	resultOf,
	sampleRun,
	startOf,
	taskNamed,
} from './fixtures/report/run.ts';

const entriesIn = (page: string): readonly Entry[] =>
	[...page.matchAll(/<script type="application\/json">(.*?)<\/script>/gs)].flatMap(
		([, text = '']) => JSON.parse(text) as readonly Entry[],
	);

const answersIn = (page: string): readonly TaskAnswers[] =>
	entriesIn(page).filter((entry) => entry.kind === 'answers');

const play: RunEvent = { kind: 'play-start', play: 'Web servers', hosts: ['a', 'b', 'c'], batch: undefined };

const short = (...results: Parameters<typeof answered>[1]): readonly RunEvent[] => [
	startOf(['a', 'b', 'c']),
	play,
	...answered(taskNamed('Say'), results),
	endOf(results.map(({ host }) => recapOf(host, { ok: 1 }))),
];

test('hosts that answered alike are told once', (t) => {
	const change = { action: 'create', after: { mode: '0644' } } as const;
	const [told] = answersIn(
		pageOf(
			short(
				resultOf('a', 'changed', { change, duration: 0.1 }),
				resultOf('b', 'ok'),
				resultOf('c', 'changed', { change, duration: 0.3 }),
			),
		),
	);
	t.deepEqual(
		told?.answers.map(({ status }) => status),
		['changed', 'ok'],
	);
	t.deepEqual(told?.answer, [0, 1, 0]);
	t.is(told?.answers[0]?.change, 'created  \u001B[32m+ mode  0644\u001B[39m');
});

test('when each host began, and what it waited for', (t) => {
	const traffic = { roundTrips: 1, reads: 1, writes: 0, processes: 1, bytesSent: 1, bytesReceived: 1 };
	const [told] = answersIn(
		pageOf(
			short(
				resultOf('a', 'ok', { duration: 0.1, spent: { ...traffic, connecting: 0.05, waiting: 0.02 } }),
				resultOf('b', 'ok', { duration: 0.1 }),
			),
		),
	);
	// The start, the play and the beginning of the task come a tenth of a second after each other, then a, then b.
	t.deepEqual([told?.start, told?.took, told?.login, told?.waited], [[200, 300], 100, [50, 0], [20, 0]]);
});

test('what comes from hosts can neither end the data nor be run, and nothing is loaded', (t) => {
	const evil = '</script><script>alert(1)</script><!--<img src=x onerror=alert(2)>\u2028\u001B[2J\u202E';
	const page = pageOf(
		short(
			resultOf('a', 'failed', { message: evil, hint: evil, output: { code: 1, stdout: evil, stderr: evil } }),
			resultOf(evil, 'ok', {
				items: [{ status: 'changed', label: evil, details: [{ name: evil, before: '', after: evil }] }],
			}),
		),
	);
	t.is(page.match(/<script/g)?.length, 1 + (page.match(/<script type="application\/json">/g)?.length ?? 0));
	t.false(page.includes('<img'));
	t.false(page.includes('alert(1)</script>'));
	const [told] = answersIn(page);
	t.true(told?.answers[0]?.message?.startsWith('</script><script>alert(1)</script><!--<img'));
	t.false(told?.answers[0]?.message?.includes('\u001B'));
	const [, policy = ''] = page.match(/http-equiv="Content-Security-Policy" content="([^"]*)"/) ?? [];
	t.regex(
		policy,
		/^default-src 'none'; script-src 'sha256-[^ ]+'; style-src 'sha256-[^ ]+'; img-src data:; base-uri 'none'; form-action 'none'$/,
	);
	// The namespace of SVG is a name, and not fetched.
	t.deepEqual([...new Set(page.match(/https?:\/\/[^\s"'`]+/g))], ['http://www.w3.org/2000/svg']);
});

test('secrets are dots, whatever they come in, and before anything is cut', (t) => {
	const secret = 'correct horse battery';
	const long = `${'x'.repeat(32 * 1024 - 8)}${secret}${'y'.repeat(32 * 1024 - 8)}`;
	const page = pageOf(
		[
			startOf(['a', secret]),
			{ kind: 'play-start', play: `P ${secret}`, hosts: ['a'], batch: undefined },
			{ kind: 'play-skipped', play: 'Q', reason: secret },
			{ kind: 'warning', text: `beware ${secret}`, host: undefined },
			...answered(taskNamed(`Do ${secret}`), [
				resultOf('a', 'failed', {
					message: long,
					hint: secret,
					steps: [long],
					output: { code: 1, stdout: long, stderr: Buffer.from(secret).toString('base64') },
					args: { password: new Secret(secret), other: secret },
					items: [
						{
							status: 'changed',
							label: secret,
							change: { action: 'update', before: { x: '1' }, after: { x: secret }, keys: new Set(['x']) },
							details: [{ name: 'file', before: new Secret('old'), after: long }],
						},
					],
				}),
			]),
			...answered(taskNamed('Quiet', { noLog: true }), [
				resultOf('a', 'failed', { message: 'never shown', items: [{ status: 'failed', label: 'nor this' }] }),
			]),
			endOf([recapOf('a', { failed: 2, pendingHandlers: [secret] })]),
		],
		{ secrets: [secret], verbosity: 3 },
	);
	t.false(page.includes('correct'), 'a part of it is left');
	t.false(page.includes('battery'), 'a part of it is left');
	t.false(page.includes(Buffer.from(secret).toString('base64')));
	t.true(page.includes(dots));
	t.false(page.includes('never shown'));
	t.false(page.includes('nor this'));
	t.true(page.includes('hidden: no_log is set for this task'));
});

test('long outputs are cut at their beginning, and it is said', (t) => {
	const stdout = `${'line\n'.repeat(20_000)}the end\n`;
	const [told] = answersIn(
		pageOf(short(resultOf('a', 'failed', { output: { code: 1, stdout, stderr: '' } }))),
	);
	const text = told?.answers[0]?.stdout ?? '';
	t.regex(text, /^… \d+ characters left out here\nline\n/);
	t.true(text.endsWith('the end'));
	t.true(text.length < 33_000);
});

test('a page has room for so much, then outputs are cut shorter', (t) => {
	const hosts = Array.from({ length: 1500 }, (_, index) => `node${index}`);
	const results = hosts.map((host) =>
		resultOf(host, 'failed', { output: { code: 1, stdout: `${host} `.repeat(5000), stderr: '' } }),
	);
	const page = pageOf([startOf(hosts), play, ...answered(taskNamed('Say'), results), endOf([])]);
	t.true(page.length < 40e6, `${page.length} characters`);
	const [told] = answersIn(page);
	t.is(told?.answers.length, 1500);
	t.true((told?.answers.at(-1)?.stdout ?? '').endsWith(' node1499'));
});

test('outputs of what went well are told when asked for, as in the terminal', (t) => {
	const output = { code: 0, stdout: 'up 3 days\n', stderr: '' };
	const stdoutOf = (options: Parameters<typeof pageOf>[1]) =>
		answersIn(pageOf(short(resultOf('a', 'ok', { output })), options))[0]?.answers[0]?.stdout;
	t.is(stdoutOf({}), undefined);
	t.is(stdoutOf({ verbosity: 3 }), 'up 3 days');
	t.is(stdoutOf({ oneTask: true }), 'up 3 days');
});

test('the end: verdict, recap, handlers that wait, hosts that nothing has mended', (t) => {
	const entries = entriesIn(pageOf(sampleRun()));
	const names = entries.flatMap((entry) => (entry.kind === 'hosts' ? entry.names : []));
	const end = entries.find((entry) => entry.kind === 'end');
	t.regex(end?.verdict.join('\n') ?? '', /^Failed on 2 of 14 hosts \[web03 web07\].*\nMend the cause below/);
	t.deepEqual(
		end?.bad.map((host) => names[host]),
		['web03', 'web07', 'web12'],
	);
	t.deepEqual(
		end?.waiting.map(({ host, handlers }) => [names[host], handlers]),
		[
			['web03', ['reload nginx']],
			['web07', ['reload nginx']],
		],
	);
	t.deepEqual(
		end?.columns.map(({ title }) => title),
		['ok', 'changed', 'skipped', 'failed', 'unreachable', 'not reached'],
	);
});

test('the page of a run that was killed tells what there was', (t) => {
	const page = pageOf(sampleRun().slice(0, 40));
	t.false(page.includes('</html>'));
	t.true(answersIn(page).length > 0);

	// A task that took more than a second is there as soon as it has ended.
	const slow = taskNamed('Slow');
	let now = 0;
	function* events(): Generator<RunEvent> {
		yield* [startOf(['a']), play];
		now += 2;
		yield* answered(slow, [resultOf('a', 'failed', { message: 'at last' })]);
	}
	const told = pageOf(events(), { clock: () => now });
	t.is(answersIn(told)[0]?.answers[0]?.message, 'at last');
});

test('a task that was not finished is told at the end', (t) => {
	const task = taskNamed('Wait');
	const page = pageOf([
		startOf(['a', 'b']),
		play,
		{ kind: 'host-end', task, result: resultOf('a', 'failed', { message: 'cut off' }) },
		endOf([recapOf('a', { failed: 1 }), recapOf('b')], { interrupted: true, exitCode: 130 }),
	]);
	t.is(answersIn(page)[0]?.answers[0]?.message, 'cut off');
});

test('the same from reports that were saved, with tasks one after the other', (t) => {
	const parts: string[] = [];
	const saved = jsonReport({
		write: (text) => void parts.push(text),
		redactor: new Redactor(),
		version: '0',
	});
	for (const event of sampleRun()) {
		saved.event(event);
	}

	const events = mergeRuns([readRun('run.json', parts.join(''))]);
	const page = pageOf(events, { clock: undefined });
	const [live, replayed] = [entriesIn(pageOf(sampleRun())), entriesIn(page)];
	const told = (entries: readonly Entry[]) =>
		entries.flatMap((entry) => (entry.kind === 'answers' ? [entry.answers] : []));
	t.deepEqual(told(replayed), told(live));
	t.false(replayed.find((entry) => entry.kind === 'start')?.measured);
	t.deepEqual(
		answersIn(page)
			.slice(0, 3)
			.map(({ start }) => start),
		[0, 10_000, 10_100],
	);
});

const root = fileURLToPath(new URL('..', import.meta.url));

test('a thousand hosts and three hundred tasks: small, quick, and not kept in memory', (t) => {
	const { status, stdout, stderr } = spawnSync(
		process.execPath,
		['--import=tsx', '--max-old-space-size=256', 'test/fixtures/report/large.ts', '1000', '300'],
		{ cwd: root, encoding: 'utf8' },
	);
	t.is(status, 0, stderr);
	const { megabytes, seconds, heap } = JSON.parse(stdout) as Record<string, number>;
	t.log(stdout.trim());
	t.true((megabytes ?? 99) < 12, `${megabytes} MB`);
	t.true((seconds ?? 99) < 20, `${seconds} s`);
	t.true((heap ?? 999) < 100, `${heap} MB of memory`);
});
