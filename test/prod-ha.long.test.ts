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

// Production-HA on ten fresh hosts, one of them kept for later: a proxy and a server are lost, and an agent comes, goes and comes back.

const servers = ['compute1', 'compute2', 'compute3'];
const later = 'agent2';
let lab: TestLab;
let variables: string;

const run = (...words: string[]) => play('prod-ha.yml', lab.folder, ['-e', variables, ...words]);
/** An address of the lab's network that no host has for itself. */
const shared = (last: number) => lab.address('rp1').replace(/\d+$/, String(last));
const holders = async (last: number, hosts: readonly string[]) => {
	const said = await Promise.all(
		hosts.map((name) => lab.run(name, `ip -o -4 addr | grep -qF ' ${shared(last)}/'`)),
	);
	return hosts.filter((_, index) => said[index]?.code === 0);
};
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
	variables = JSON.stringify({
		...(await startMirror(lab)).variables,
		vip_addresses: [
			{ name: 'proxy', address: shared(250) },
			{ name: 'kubernetes', address: shared(251) },
		],
		vip_boot_delay: 5,
	});
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
	t.is((await holders(251, servers)).length, 1);
	t.regex(
		await lab.output('agent1', 'cat /etc/rancher/rke2/config.yaml.d/10-join.yaml'),
		new RegExp(`server: https://${shared(251)}:9345`),
		'agents have joined at the address',
	);
});

test.serial('the proxy that has the address is lost: the other one serves there', async (t) => {
	t.timeout(10 * 60_000);
	const proxies = ['rp1', 'rp2'];
	const [first = '', ...more] = await holders(250, proxies);
	t.deepEqual(more, []);
	const lost = lab.hosts.find(({ name }) => name === first)?.container;
	const ask = `code=$(curl --silent --insecure --max-time 1 --output /dev/null --write-out '%{http_code}' --header 'Host: nobody.invalid' --resolve rancher.openg2p.example:443:${shared(250)} https://rancher.openg2p.example/); [ "$code" = 421 ]`;
	await lab.output('compute1', ask);
	await lost?.kill();
	const gap = await lab.output(
		'compute1',
		`from=$(date +%s%N) end=$(($(date +%s) + 30)); until ( ${ask} ) || [ "$(date +%s)" -gt "$end" ]; do sleep 0.1; done; echo $((($(date +%s%N) - from) / 1000000))`,
	);
	t.log(`nobody served for ${gap.trim()} ms`);
	t.true(Number(gap) <= 5000, `${gap} ms`);
	await lost?.start();
	await lab.output(
		first,
		'timeout 60 sh -c "until systemctl is-active ssh && systemctl is-active keepalived; do sleep 0.5; done"',
	);
	quiet(t, await run(), 'after it came back');
	t.notDeepEqual(await holders(250, proxies), [first], 'it does not go back by itself');
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
