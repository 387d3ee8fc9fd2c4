import { mkdir, rm, writeFile } from 'node:fs/promises';
import test from 'ava';
import { nodes } from '../roles/rke2-server/tests/nodes.ts';
import { topologyNamed } from '../src/lab/topologies.ts';
import { g2pbook, play } from './fixtures/containers/command-line.ts';
import { startLab, type TestLab } from './fixtures/containers/lab.ts';
import { announced, quiet } from './fixtures/containers/role-test.ts';
import { kubectl } from './fixtures/kube/host.ts';
import { startMirror } from './fixtures/kube/mirror.ts';
import { firstRelease } from './fixtures/kube/releases.ts';

// Production-HA on ten fresh hosts, one of them kept for later: a server is lost, and an agent comes, goes and comes back.

const servers = ['compute1', 'compute2', 'compute3'];
const later = 'agent2';
let lab: TestLab;
let variables: string;

const run = (...words: string[]) => play('prod-ha.yml', lab.folder, ['-e', variables, ...words]);
const ready = (...agents: string[]) =>
	[...servers, ...agents].map((name) => `${name} True ${firstRelease.version}`).sort();

test.serial.before('ten hosts', async (t) => {
	t.timeout(30 * 60_000);
	const { hosts } = topologyNamed('prod-ha');
	lab = await startLab(
		undefined,
		hosts.map((host) => (host.name === later ? { ...host, groups: [] } : host)),
	);
	t.is((await g2pbook(['secret', 'init', '-i', lab.folder])).code, 0);
	variables = JSON.stringify((await startMirror(lab)).variables);
});

test.serial('a check that is believed, a run, a quiet second run', async (t) => {
	t.timeout(30 * 60_000);
	const check = await run('--check');
	t.is(check.code, 0, check.stdout);
	const started = Date.now();
	const first = await run();
	t.is(first.code, 0, first.stdout);
	t.log(`${Math.round((Date.now() - started) / 1000)} s, ${first.effects.length} changes`);
	announced(t, check.effects, first.effects);
	quiet(t, await run(), 'a second run must change nothing');
	quiet(t, await run('--check'), 'a check of converged hosts must announce nothing');
	t.deepEqual(await nodes(lab, 'compute2'), ready('agent1'));
});

test.serial('a server is lost: the others serve, and a run leaves them as they are', async (t) => {
	t.timeout(20 * 60_000);
	const lost = lab.hosts.find(({ name }) => name === 'compute2')?.container;
	await lost?.kill();
	const without = await run('--ignore-unreachable');
	t.is(without.code, 4, without.stdout);
	t.deepEqual(without.effects, []);
	// By the balancer of an agent, as everything in the cluster reaches the API.
	const keys = '/var/lib/rancher/rke2/agent';
	t.is(
		await lab.output(
			'agent1',
			`curl -s --cacert ${keys}/server-ca.crt --cert ${keys}/client-kubelet.crt --key ${keys}/client-kubelet.key https://127.0.0.1:6443/readyz`,
		),
		'ok',
	);
	await lost?.start();
	await lab.output('compute2', 'timeout 60 sh -c "until systemctl is-active ssh; do sleep 0.5; done"');
	const back = await run();
	t.is(back.code, 0, back.stdout);
	t.deepEqual(await nodes(lab, 'compute1'), ready('agent1'));
});

test.serial('an agent comes by the inventory, goes, and comes back under its name', async (t) => {
	t.timeout(30 * 60_000);
	await writeFile(`${lab.folder}/more.yml`, `rke2_agents:\n  hosts:\n    ${later}:\n`);
	const check = await run('--check');
	const added = await run();
	t.is(added.code, 0, added.stdout);
	announced(t, check.effects, added.effects);
	t.deepEqual(await nodes(lab, 'compute1'), ready('agent1', later));
	// What the other hosts let in, and nothing of the cluster itself.
	t.deepEqual(
		added.effects.filter(({ host, task }) => host !== later && task.source.file.includes('rke2-server')),
		[],
	);
	quiet(t, await run(), 'once it is there');

	await mkdir(`${lab.folder}/host_vars`, { recursive: true });
	await writeFile(`${lab.folder}/host_vars/${later}.yml`, 'rke2_server_state: absent\n');
	const gone = await run();
	t.is(gone.code, 0, gone.stdout);
	t.deepEqual(await nodes(lab, 'compute1'), ready('agent1'));
	await rm(`${lab.folder}/host_vars/${later}.yml`);
	const again = await run();
	t.is(again.code, 0, again.stdout);
	t.deepEqual(await nodes(lab, 'compute1'), ready('agent1', later));
	t.notRegex(await kubectl(lab, 'compute1', `get node ${later}`), /SchedulingDisabled/);
});
