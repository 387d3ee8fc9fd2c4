import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import test from 'ava';
import { nodes } from '../roles/rke2-server/tests/nodes.ts';
import { numbers } from './chaos/random.ts';
import { start } from './chaos/run.ts';
import { play } from './fixtures/containers/command-line.ts';
import { startLab, type TestLab } from './fixtures/containers/lab.ts';
import { announced } from './fixtures/containers/role-test.ts';
import { kubectl } from './fixtures/kube/host.ts';
import { startMirror } from './fixtures/kube/mirror.ts';
import { firstRelease } from './fixtures/kube/releases.ts';
import { type Cluster, clusterOn, environment } from './rke2/cluster.ts';

// The way back to a snapshot, on as many servers as RKE2_SERVERS says (three): refused when it cannot be, whole when it was
// killed on its way, and onto hosts that have nothing. RKE2_SEED repeats the moments of an earlier run, RKE2_ROUNDS makes more.

const seed = process.env.RKE2_SEED ?? randomBytes(4).toString('hex');
const rounds = Number(process.env.RKE2_ROUNDS ?? 4);
const servers = ['compute1', 'compute2', 'compute3'].slice(0, Number(process.env.RKE2_SERVERS ?? 3));
/** Not the first of its group, where there are more. */
const chosen = servers.at(-1) ?? '';
const playbook = 'playbooks/restore-cluster.yml';

let lab: TestLab;
let cluster: Cluster;
/** Name of the snapshot that all of this is about. */
let snapshot = '';
let identity = '';

const ready = [...servers, 'agent1'].map((name) => `${name} True ${firstRelease.version}`).sort();
const on = (host: string, line: string): Promise<string> => lab.output(host, `${environment}\n${line}`);
const restored = { rke2_server_restore_on: chosen };
const restore = (vars: Readonly<Record<string, unknown>>, ...words: readonly string[]) =>
	play(playbook, lab.folder, [...cluster.words({ ...restored, ...vars }), ...words]);
const maps = async (): Promise<string> =>
	(await kubectl(lab, chosen, 'get configmaps -o name')).replace(/.*kube-root-ca.crt\n/, '');

test.serial.before('a cluster with a snapshot, and what came after it', async (t) => {
	t.timeout(30 * 60_000);
	lab = await startLab(undefined, [
		...servers.map((name) => ({ name, groups: ['rke2_servers'] })),
		{ name: 'agent1', groups: ['rke2_agents'] },
	]);
	cluster = await clusterOn(lab, await startMirror(lab, [firstRelease]));
	const made = await cluster.converge(t, 'from nothing');
	t.is(made.code, 0, made.stdout);
	await kubectl(lab, chosen, 'create configmap before');
	await on(chosen, 'rke2 etcd-snapshot save --name ours');
	snapshot = (await on(chosen, 'basename /var/lib/rancher/rke2/server/db/snapshots/ours-*')).trim();
	await kubectl(lab, chosen, 'create configmap after');
	identity = await cluster.identity(chosen);
	t.log(`seed ${seed}, ${rounds} rounds`);
});

test.serial('without a name it names what there is, and changes nothing', async (t) => {
	t.timeout(5 * 60_000);
	const { code, stdout, effects } = await play(playbook, lab.folder, cluster.words({}));
	t.is(code, 0, stdout);
	t.deepEqual(effects, []);
	t.regex(stdout, new RegExp(`${snapshot} +20\\d\\d-\\d\\d-\\d\\d \\d\\d:\\d\\d UTC, \\d+ MB$`, 'm'));
});

const refused: readonly (readonly [
	title: string,
	vars: () => Readonly<Record<string, unknown>>,
	words: readonly string[],
	says: RegExp,
])[] = [
	['nobody named', () => ({ rke2_server_restore_on: '' }), [], /with it you agree that what came after/],
	[
		'another name',
		() => ({ rke2_server_restore: 'other' }),
		[],
		/there is no snapshot other on .*: it has .*ours-/,
	],
	['another token', () => ({ rke2_server_token: 'another' }), [], /rke2_server_token does not open ours-/],
	...(servers.length === 1
		? []
		: ([
				[
					'not all servers',
					() => ({}),
					['--limit', `${chosen},agent1`],
					/all servers have to stop before, and compute1/,
				],
			] as const)),
];

for (const [title, vars, words, says] of refused) {
	test.serial(`refused before anything stops: ${title}`, async (t) => {
		t.timeout(5 * 60_000);
		const { code, stdout, effects } = await restore({ rke2_server_restore: snapshot, ...vars() }, ...words);
		t.is(code, 2, stdout);
		t.regex(stdout, says);
		t.deepEqual(effects, []);
		t.is(await maps(), 'configmap/after\nconfigmap/before\n');
	});
}

test.serial('a snapshot that is damaged: what was there before runs again', async (t) => {
	t.timeout(15 * 60_000);
	const folder = '/var/lib/rancher/rke2/server/db/snapshots';
	await on(chosen, `head -c -4096 ${folder}/${snapshot} >${folder}/damaged`);
	const { code, stdout } = await restore({ rke2_server_restore: 'damaged' });
	t.is(code, 2, stdout);
	t.regex(stdout, /damaged was not put back/);
	await on(chosen, `rm ${folder}/damaged`);
	const mended = await cluster.converge(t, 'after a failure');
	t.is(mended.code, 0, mended.stdout);
	t.deepEqual(await nodes(lab, chosen), ready);
	t.is(await maps(), 'configmap/after\nconfigmap/before\n');
	t.is(await cluster.identity(chosen), identity);
});

test.serial('it is put back, also by runs that are killed on the way, and once only', async (t) => {
	t.timeout(60 * 60_000);
	const vars = { ...restored, rke2_server_restore: snapshot };
	const random = numbers(Number.parseInt(seed.slice(0, 8), 16));
	for (let round = 1; round <= rounds; round++) {
		const running = start(playbook, lab.folder, cluster.words(vars));
		await running.begun;
		const after = Math.round(2_000 + random.next().value * 25_000);
		const over = await Promise.race([running.ended, sleep(after)]);
		running.process.kill('SIGKILL');
		await running.ended;
		t.log(`round ${round}: killed after ${after} ms${over === undefined ? '' : ', it was done'}`);
		const note = await lab.run(chosen, 'cat /var/lib/g2pbook/rke2-server/restoring');
		if (note.code === 0) {
			const other = await cluster.converge(t, 'the role without these words');
			t.is(other.code, 2, other.stdout);
			t.regex(
				other.stdout,
				new RegExp(`go on with -e rke2_server_restore=${snapshot} -e rke2_server_restore_on=${chosen}`),
			);
			t.deepEqual(other.effects, []);
		}
	}

	const check = await restore(vars, '--check');
	t.is(check.code, 0, check.stdout);
	const started = Date.now();
	const done = await restore(vars);
	t.log(`undisturbed: ${(Date.now() - started) / 1000} s`);
	t.is(done.code, 0, done.stdout);
	t.deepEqual(await nodes(lab, chosen), ready);
	t.deepEqual(await cluster.voters(chosen), servers);
	t.is(await maps(), 'configmap/before\n');
	for (const server of servers) {
		t.is(await cluster.identity(server), identity, server);
	}

	announced(t, check.effects, done.effects);
	await kubectl(lab, chosen, 'create configmap later');
	const again = await restore(vars);
	t.is(again.code, 0, again.stdout);
	t.deepEqual(again.effects, []);
	t.is(await maps(), 'configmap/before\nconfigmap/later\n');
	t.deepEqual((await cluster.converge(t, 'the role')).effects, []);
});

test.serial('onto hosts that have nothing, from a file', async (t) => {
	t.timeout(30 * 60_000);
	await on(chosen, `cp /var/lib/rancher/rke2/server/db/snapshots/${snapshot} /root/ours`);
	for (const { name } of lab.hosts) {
		await cluster.lose(name);
		await lab.output(name, 'rm -rf /usr/local/bin/rke2* /var/lib/g2pbook /run/g2pbook');
	}

	const done = await restore({ rke2_server_restore: '/root/ours' });
	t.is(done.code, 0, done.stdout);
	t.deepEqual(await nodes(lab, chosen), ready);
	t.deepEqual(await cluster.voters(chosen), servers);
	t.is(await maps(), 'configmap/before\n');
	t.is(await cluster.identity(chosen), identity);
	t.deepEqual((await cluster.converge(t, 'the role')).effects, []);
});
