import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { outputInside, runInside } from '../src/lab/inside.ts';
import type { LabHostUp } from '../src/lab/lab.ts';
import { untilReady } from '../src/lab/ready.ts';
import { type Files, files, leftovers, missedHandlers, programs, reset, torn } from './chaos/hosts.ts';
import { numbers } from './chaos/random.ts';
import { type Ended, type Running, start } from './chaos/run.ts';
import { startLab, type TestLab } from './fixtures/containers/lab.ts';
import { testRun } from './fixtures/containers/reaper.ts';

// Runs are broken at random moments. CHAOS_SEED repeats the moments of an earlier run, CHAOS_ROUNDS makes more, and so does
// chaos.long.test.ts.

const seed = process.env.CHAOS_SEED ?? randomBytes(4).toString('hex');
const rounds = Number(process.env.CHAOS_ROUNDS ?? 3);
/** Milliseconds from a kill to the end of the run, beside what other hosts still have to do. */
const patience = 25_000;

let lab: TestLab;
let one: LabHostUp;
let before: Files;
let after: Files;
/** Milliseconds that an undisturbed run of one host talks to it. */
let usual: number;
const words: string[] = [];

const run = (...more: readonly string[]): Running =>
	start('test/chaos/site.yml', lab.folder, [...words, ...more]);

test.before('a run that nobody disturbs', async (t) => {
	t.timeout(10 * 60_000);
	lab = await startLab(undefined, [
		{ name: 'one', groups: [] },
		{ name: 'two', groups: [] },
	]);
	[one] = lab.hosts as readonly [LabHostUp, ...LabHostUp[]];
	for (const [name, size] of [
		['large', 2_000_000],
		['larger', 20_000_000],
	] as const) {
		const file = join(testRun().folder, name);
		writeFileSync(file, randomBytes(size));
		words.push('-e', `${name}=${file}`);
	}

	await reset(one);
	before = await files(one);
	const undisturbed = await run('-l', 'one').ended;
	t.is(undisturbed.code, 0, undisturbed.text);
	after = await files(one);
	usual = undisturbed.duration;
	t.deepEqual(await leftovers(one), []);
	t.deepEqual(await missedHandlers(one), []);
	t.log(`seed ${seed}, ${rounds} rounds of each kind, a run takes ${usual} ms`);
});

/** What a broken run must say to the person at the terminal. */
function tells(t: ExecutionContext, { code, text, events, recap }: Ended, host: string): void {
	// The moment may have been after the last word to the host.
	if (code === 0) {
		t.log('it was done already');
		return;
	}

	t.is(code, 4, text);
	t.notRegex(text, /^ +at .*(\.[jt]s:|node:)/m, 'no stack trace');
	t.notRegex(text, /bug in g2pbook/);
	const lost = events.find((event) => event.kind === 'host-end' && event.result.status === 'unreachable');
	if (lost?.kind !== 'host-end') {
		t.fail(`no task says that the host is gone\n${text}`);
		return;
	}

	t.is(lost.result.host, host);
	t.true(text.includes(`${lost.task.name}`), text);
	// Before the first connection there is nothing that could be in doubt.
	if (lost.task.module !== 'facts') {
		t.regex(text, /running again is safe/, text);
	}

	for (const other of recap.filter((each) => each.host !== host)) {
		t.like(other, { failed: 0, unreachable: 0, notReached: 0 }, 'the others go on');
	}
}

/** Whatever was broken: the next run mends it, and the one after has nothing to do. */
async function mended(t: ExecutionContext, hosts: readonly LabHostUp[]): Promise<void> {
	const limit = ['-l', hosts.map(({ name }) => name).join(',')];
	const again = await run(...limit).ended;
	t.is(again.code, 0, again.text);
	for (const host of hosts) {
		t.deepEqual(await leftovers(host), [], `left on ${host.name}`);
		t.deepEqual(await missedHandlers(host), [], `handlers of ${host.name}\n${again.text}`);
	}

	t.deepEqual(await files(one), after, 'it is what an undisturbed run makes');
	const quiet = await run(...limit).ended;
	t.is(quiet.code, 0, quiet.text);
	t.deepEqual(
		quiet.recap.map(({ host, changed, pendingHandlers }) => ({ host, changed, pendingHandlers })),
		hosts.map(({ name }) => ({ host: name, changed: 0, pendingHandlers: [] })),
		quiet.text,
	);
}

type Kill = (t: ExecutionContext, running: Running, round: number) => Promise<Ended | undefined>;

const whole = async (t: ExecutionContext): Promise<void> => {
	t.deepEqual(torn(await files(one), before, after), []);
};

async function endsInTime(
	t: ExecutionContext,
	{ ended, process, said }: Running,
): Promise<Ended | undefined> {
	const result = await Promise.race([ended, sleep(patience + 2 * usual, undefined, { ref: false })]);
	if (result === undefined) {
		process.kill('SIGKILL');
		t.fail(`the run hangs ${patience / 1000} s after the kill\n${said()}`);
	}

	return result;
}

const kinds: readonly { readonly title: string; readonly kill: Kill }[] = [
	{
		title: 'the session of sshd',
		async kill(t, running, round) {
			// One has root's rights and watches the other, which does the work.
			const which = round % 2 === 0 ? '^sshd: admin@notty' : '^sshd: admin \\[priv\\]';
			await outputInside(one.container, `pkill -KILL -f '${which}' || true`);
			await whole(t);
			return endsInTime(t, running);
		},
	},
	{
		title: 'the host',
		async kill(t, running, round) {
			await one.container.kill();
			// Half of them stay dead, so that nobody is there to refuse what is sent.
			const ended = round % 2 === 0 ? await endsInTime(t, running) : undefined;
			await one.container.start();
			await untilReady(one.container, one.name, one.address);
			await whole(t);
			return ended ?? endsInTime(t, running);
		},
	},
	{
		title: 'g2pbook',
		async kill(t, { process, ended }) {
			process.kill('SIGKILL');
			await ended;
			await whole(t);
			const deadline = Date.now() + 5000;
			// On all of them: what runs after this must not meet the end of what ran before.
			const all = async () => (await Promise.all(lab.hosts.map(programs))).flat();
			let left = await all();
			while (left.length > 0 && Date.now() < deadline) {
				await sleep(200);
				left = await all();
			}

			t.deepEqual(left, [], 'programs of the run that still run');
			return undefined;
		},
	},
];

for (const [number, { title, kill }] of kinds.entries()) {
	const random = numbers(Number.parseInt(seed, 16) + number);
	for (let round = 0; round < rounds; round++) {
		const fraction = random.next().value;
		test.serial(`kill ${title} after ${Math.round(fraction * 100)} % of a run (${round + 1})`, async (t) => {
			t.timeout(3 * 60_000);
			const hosts = round % 3 === 2 ? lab.hosts : [one];
			await Promise.all(hosts.map(reset));
			const started = Date.now();
			const running = run('-l', hosts.map(({ name }) => name).join(','));
			await running.begun;
			await sleep(fraction * usual);
			const ended = await kill(t, running, round);
			t.log(`broken after ${Math.round((Date.now() - started) / 100) / 10} s; seed ${seed}`);
			if (ended !== undefined) {
				tells(t, ended, one.name);
			}

			await mended(t, hosts);
		});
	}
}

const patient = (tag: string, ...more: readonly string[]): Running =>
	start('test/chaos/patience.yml', lab.folder, ['-t', tag, ...more]);

/** Waits until a shell line succeeds on the host. */
async function until(line: string, seconds = 30): Promise<void> {
	for (const end = Date.now() + seconds * 1000; (await runInside(one.container, line)).code !== 0; ) {
		if (Date.now() > end) {
			throw new Error(`\`${line}\` did not succeed within ${seconds} s`);
		}

		await sleep(100);
	}
}

const running = (pattern: string): string => `pgrep -f '^${pattern}'`;

test.serial(
	'a host that dies while its systemd is asked is lost, and nothing on it has failed',
	async (t) => {
		t.timeout(3 * 60_000);
		// Once in six times systemctl notices that process 1 is gone before the connection does.
		for (let round = 0; round < rounds; round++) {
			const { ended } = patient('asking');
			await until(running('systemctl show'));
			await one.container.kill();
			const { code, text } = await ended;
			await one.container.start();
			await untilReady(one.container, one.name, one.address);
			t.is(code, 4, text);
			t.regex(text, /running again is safe/);
		}
	},
);

test.serial('Ctrl-C lets the running step end, begins no other, and tells what was done', async (t) => {
	t.timeout(60_000);
	const { process, ended } = patient('step');
	await until(running('sleep 2'));
	process.kill('SIGINT');
	const { code, text } = await ended;
	t.is(code, 130, text);
	t.is(await outputInside(one.container, 'cat /tmp/step; ls /tmp/after 2>/dev/null || true'), 'ended\n');
	t.regex(text, /Recap/);
	t.like((await patient('step').ended).recap[0], { changed: 2, failed: 0 }, 'and leaves no lock behind');
});

test.serial('Ctrl-C twice ends the running step and all that it has started', async (t) => {
	t.timeout(60_000);
	const { process, ended } = patient('family');
	await until(running('sleep 7002'));
	process.kill('SIGINT');
	await sleep(200);
	process.kill('SIGINT');
	const { code, text } = await ended;
	t.is(code, 130, text);
	t.regex(text, /was ended on one, with what it had started/);
	t.is((await runInside(one.container, running('sleep 700'))).code, 1);
});

test.serial('a timeout ends what does not want to end', async (t) => {
	t.timeout(60_000);
	const { code, text } = await patient('deaf').ended;
	t.is(code, 2, text);
	t.regex(text, /did not end within 1 s/);
	t.is((await runInside(one.container, running('sleep 700'))).code, 1);
});

test.serial('a package manager whose run was killed finishes its work', async (t) => {
	t.timeout(3 * 60_000);
	const { process, ended } = patient('package');
	await until(running('/usr/bin/dpkg.*--unpack'));
	process.kill('SIGKILL');
	await ended;
	await until(`! ${running('(apt-get|/usr/bin/dpkg)')}`, 120);
	t.is(await outputInside(one.container, 'dpkg --audit'), '');
	t.is(
		await outputInside(
			one.container,
			"dpkg-query -W -f '${db:Status-Abbrev}' git jq nginx postgresql-client-15",
		),
		'ii ii ii ii ',
	);
	const again = await patient('package').ended;
	t.is(again.code, 0, again.text);
	t.like(again.recap[0], { ok: 1, changed: 0 });
	t.deepEqual(await leftovers(one), []);
});

test.serial('one run at a time changes a host', async (t) => {
	t.timeout(2 * 60_000);
	const hold = async (): Promise<() => Promise<Ended>> => {
		const { process, ended } = patient('family');
		await until(running('sleep 7002'));
		return async () => {
			process.kill('SIGINT');
			await sleep(200);
			process.kill('SIGINT');
			return ended;
		};
	};

	const release = await hold();
	const refused = await patient('step').ended;
	t.is(refused.code, 2, refused.text);
	t.regex(refused.text, /another run is changing this host: \S+@\S+, run [0-9a-f]{8}, since 20/);
	t.regex(refused.text, /--break-lock/);
	const waiting = patient('step', '--lock-wait', '60');
	await waiting.begun;
	await sleep(1000);
	await release();
	const waited = await waiting.ended;
	t.is(waited.code, 0, waited.text);

	const releaseBroken = await hold();
	const broken = await patient('step', '--break-lock').ended;
	t.is(broken.code, 0, broken.text);
	await releaseBroken();
});
