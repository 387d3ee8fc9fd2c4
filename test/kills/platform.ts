import { setTimeout as sleep } from 'node:timers/promises';
import type { ExecutionContext } from 'ava';
import { type Estate, estateOn, host } from '../../roles/commons-env/tests/estate.ts';
import { topologyNamed } from '../../src/lab/topologies.ts';
import { numbers } from '../chaos/random.ts';
import { type Ended, type Running, start } from '../chaos/run.ts';
import type { TestLab } from '../fixtures/containers/lab.ts';
import { startSite } from '../fixtures/containers/site.ts';
import { leavesNothing, letsIn, passing, releasesOnce, secretsOf } from './looks.ts';
import { strikes } from './strikes.ts';

/** Strikes come up to so many times later than a run takes to find the ground done: half of what the platform takes, about. */
const reach = 3;
/** What installs it. */
const parts = 'istio,rancher,commons-env,verify';

/** A host with everything that the platform stands on. */
type Struck = {
	readonly estate: Estate;
	/** Begin a run of the whole playbook. */
	begin(...words: readonly string[]): Running;
};

const tell = (line: string): void => {
	process.stderr.write(`${new Date().toISOString().slice(11, 19)} ${line}\n`);
};

/**
 * One first installation of the platform, which is struck at moments that the seed determines and begun again each time, until a
 * run comes to its end. After `most` strikes nobody disturbs it any more.
 * @returns how many strikes were made
 */
export async function installation(t: ExecutionContext, seed: number, most: number): Promise<number> {
	const endings: (() => Promise<void>)[] = [];
	try {
		const hosts = topologyNamed('sandbox').hosts.map((one) => ({ ...one, name: host }));
		// On the host, where its databases are real.
		const more = { commons_env_postgres: 'native' };
		const { lab, words } = await startSite({ teardown: (end) => endings.push(end) }, hosts, host, more);
		const estate = estateOn(t, lab, {});
		const begin = (...others: readonly string[]) => start('sandbox.yml', lab.folder, [...words, ...others]);
		return await strikeAndLook(t, { estate, begin }, seed, most);
	} finally {
		await Promise.all(endings.map((end) => end()));
	}
}

async function strikeAndLook(
	t: ExecutionContext,
	{ estate, begin }: Struck,
	seed: number,
	most: number,
): Promise<number> {
	const title = `seed ${seed}`;
	const { lab } = estate;
	await undisturbed(t, begin('--skip-tags', parts), `${title}: the ground`);
	// How long a run needs to come to the platform, on this machine and today.
	const { duration } = await undisturbed(t, begin('--skip-tags', parts), `${title}: the ground again`);
	const [before, secrets] = [await passing(lab), await secretsOf(lab)];
	const random = numbers(seed);
	const next = (): number => random.next().value ?? 0;
	let [made, runs] = [0, 0];
	for (let done = false; !done; ) {
		runs += 1;
		const { ended, by } = await struckRun(begin(), lab, duration, next, most - made);
		made += by.length;
		const what = `${title}: run ${runs}, ${by.join(', ') || 'undisturbed'}`;
		tell(`${what}: ${ended.code ?? 'killed'}`);
		inWords(t, ended, what);
		// What nobody has struck has to succeed, whatever was struck before.
		t.true(ended.code === 0 || by.length > 0, `${what}\n${ended.text}`);
		done = ended.code === 0;
	}

	const quiet = await undisturbed(t, begin(), `${title}: once more`);
	t.deepEqual(
		quiet.recap.map(({ changed, pendingHandlers }) => ({ changed, pendingHandlers })),
		[{ changed: 0, pendingHandlers: [] }],
		`${title}\n${quiet.text}`,
	);
	await leavesNothing(t, estate, before);
	const releases = await releasesOnce(t, estate, runs);
	await letsIn(t, estate);
	const kept = await secretsOf(lab);
	t.deepEqual(
		[...secrets].filter(([name, value]) => kept.get(name) !== value).map(([name]) => name),
		[],
	);
	tell(`${title}: ${made} strikes, each release once: ${releases}`);
	return made;
}

type Blow = { readonly ended: Ended; readonly by: readonly string[] };

/** Strike a run until it ends by that or before the next moment; the API server comes back under it. */
async function struckRun(
	running: Running,
	{ hosts: [up] }: TestLab,
	duration: number,
	next: () => number,
	most: number,
): Promise<Blow> {
	const by: string[] = [];
	await running.begun;
	const begun = Date.now();
	for (let after = duration; by.length < most; after = 0) {
		const over = await Promise.race([running.ended, sleep(after + next() * reach * duration)]);
		const [name, strike] = strikes[Math.floor(next() * strikes.length)] ?? [];
		if (strike === undefined || name === undefined || up === undefined) {
			throw new Error('there is nothing to strike with, or nobody to be struck');
		}

		if (over !== undefined) {
			break;
		}

		const moment = ((Date.now() - begun) / 1000).toFixed(1);
		if (await strike(running, up)) {
			by.push(`${name} after ${moment} s`);
		}
	}

	return { ended: await endsInTime(running), by };
}

/** A run that nobody strikes, and that has to succeed. */
async function undisturbed(t: ExecutionContext, running: Running, what: string): Promise<Ended> {
	const ended = await running.ended;
	tell(`${what}: ${ended.code}, ${(ended.duration / 1000).toFixed(1)} s`);
	t.is(ended.code, 0, `${what}\n${ended.text}`);
	return ended;
}

/** What a strike leaves of a run has to end by itself. */
async function endsInTime({ ended, process, said }: Running): Promise<Ended> {
	const result = await Promise.race([ended, sleep(20 * 60_000, undefined, { ref: false })]);
	if (result === undefined) {
		process.kill('SIGKILL');
		throw new Error(`the run hangs\n${said()}`);
	}

	return result;
}

/** What fails says so to people, and not by what programmers see of it. */
function inWords(t: ExecutionContext, ended: Ended | undefined, what: string): void {
	if (ended?.code === undefined || ended.code === 0) {
		return;
	}

	const said = ended.text.slice(ended.text.lastIndexOf('\nFailures\n'));
	tell(said);
	t.true([2, 4].includes(ended.code), `${what}: code ${ended.code}\n${said}`);
	t.regex(said, /^\nFailures\n[\s\S]*\brun\b/, `${what}: nothing says what to do`);
	t.notRegex(said, /^\s+at .*(\.[cm]?[jt]s:\d|node:)|\[object |\b(undefined|TypeError)\b/m, what);
}
