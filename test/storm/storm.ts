import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ExecutionContext } from 'ava';
import { runInside } from '../../src/lab/inside.ts';
import type { LabHostUp } from '../../src/lab/lab.ts';
import { untilReady } from '../../src/lab/ready.ts';
import { topologyNamed } from '../../src/lab/topologies.ts';
import { numbers } from '../chaos/random.ts';
import { type Ended, type Running, start } from '../chaos/run.ts';
import { g2pbook } from '../fixtures/containers/command-line.ts';
import { startLab, type TestLab } from '../fixtures/containers/lab.ts';
import { differences, type Snapshot, snapshot } from './snapshot.ts';

/** What an undisturbed first installation comes to, and how many milliseconds it talks to its hosts. */
export type Undisturbed = { readonly hosts: readonly Snapshot[]; readonly duration: number };

/** As an administrator would have it: somebody on the VPN whose keys the host makes, and something public. */
const site = (lab: TestLab): string =>
	JSON.stringify({
		wireguard_peers: [{ name: 'ada', address: '10.15.0.2' }],
		wireguard_client_folder: `${lab.folder}-clients`,
		nginx_rp_environments: [
			{ name: 'pilot', server_name: '*.pilot.openg2p.example', private_paths: ['/admin'] },
		],
	});

/** Without the cluster, which has a storm of its own: rke2-servers.long.test.ts. */
const run = (lab: TestLab, ...words: readonly string[]): Running =>
	start('prod-minimum.yml', lab.folder, ['-e', 'rke2_server_state=absent', ...words]);

/** Four fresh hosts for as long as `use` takes. */
async function onFreshHosts<T>(use: (lab: TestLab) => Promise<T>): Promise<T> {
	const endings: (() => Promise<void>)[] = [];
	const lab = await startLab({ teardown: (end) => endings.push(end) }, topologyNamed('prod-minimum').hosts);
	try {
		await writeFile(join(lab.folder, 'group_vars/reverse_proxy.yml'), site(lab));
		const { code, stdout, stderr } = await g2pbook(['secret', 'init', '-i', lab.folder]);
		if (code !== 0) {
			throw new Error(stdout + stderr);
		}

		return await use(lab);
	} finally {
		await Promise.all(endings.map((end) => end()));
	}
}

const look = (lab: TestLab): Promise<readonly Snapshot[]> => Promise.all(lab.hosts.map(snapshot));

/** @throws Error when a run nobody disturbs does not succeed. */
export const undisturbed = (): Promise<Undisturbed> =>
	onFreshHosts(async (lab) => {
		const [first, second] = [await run(lab).ended, await run(lab).ended];
		if (first.code !== 0 || second.code !== 0) {
			throw new Error(`nobody has disturbed this:\n${first.text}\n${second.text}`);
		}

		return { hosts: await look(lab), duration: first.duration };
	});

type Strike = (running: Running, host: LabHostUp) => Promise<unknown>;

const strikes: readonly (readonly [name: string, strike: Strike])[] = [
	['the controller was killed', async ({ process }) => process.kill('SIGKILL')],
	[
		'the sessions were killed',
		async (_running, { container }) => runInside(container, "pkill -KILL -f '^sshd: '"),
	],
	[
		'the host lost its power',
		async (_running, { container, name, address }) => {
			await container.kill();
			await container.start();
			await untilReady(container, name, address);
		},
	],
];

/**
 * One first installation that is struck at a moment which the seed determines, and one more run: it has to succeed, to
 * leave nothing to do, and to leave the hosts as they would have been.
 */
export async function round(
	t: ExecutionContext,
	seed: number,
	{ hosts, duration }: Undisturbed,
): Promise<void> {
	const random = numbers(seed);
	const [moment, which, whom] = [random.next().value, random.next().value, random.next().value];
	await onFreshHosts(async (lab) => {
		const [name, strike] = strikes[Math.floor(which * strikes.length)] ?? ['', undefined];
		const host = lab.hosts[Math.floor(whom * lab.hosts.length)];
		if (strike === undefined || host === undefined) {
			throw new Error('there is nothing to strike, or nobody to be struck');
		}

		const title = `seed ${seed}: ${name} (${host.name}) after ${Math.round(moment * duration) / 1000} s`;
		const running = run(lab);
		await running.begun;
		await sleep(moment * duration);
		await strike(running, host);
		const broken = await endsInTime(t, running, title);
		const again = await run(lab).ended;
		t.is(again.code, 0, `${title}\n${tail(broken)}\n\nthe run after it:\n${again.text}`);
		const quiet = await run(lab, '--check').ended;
		t.deepEqual(
			quiet.recap.map(({ host, changed, pendingHandlers }) => ({ host, changed, pendingHandlers })),
			lab.hosts.map(({ name }) => ({ host: name, changed: 0, pendingHandlers: [] })),
			`${title}\n${quiet.text}`,
		);
		const seen = await look(lab);
		t.deepEqual(
			lab.hosts.flatMap(({ name }, index) =>
				differences(hosts[index] ?? new Set(), seen[index] ?? new Set()).map((line) => `${name}: ${line}`),
			),
			[],
			`${title}: differs from hosts that were never disturbed\n${tail(broken)}`,
		);
		t.log(`${title}: the same as undisturbed hosts`);
	});
}

const tail = (ended: Ended | undefined): string => (ended?.text ?? '').split('\n').slice(-12).join('\n');

/** What a strike leaves of a run has to end by itself. */
async function endsInTime(
	t: ExecutionContext,
	{ ended, process, said }: Running,
	title: string,
): Promise<Ended | undefined> {
	const result = await Promise.race([ended, sleep(300_000, undefined, { ref: false })]);
	if (result === undefined) {
		process.kill('SIGKILL');
		t.fail(`${title}: the run hangs\n${said()}`);
	}

	return result;
}
