import { randomBytes } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import test from 'ava';
import { nodes } from '../roles/rke2-server/tests/nodes.ts';
import { numbers } from './chaos/random.ts';
import { start } from './chaos/run.ts';
import { startLab, type TestLab } from './fixtures/containers/lab.ts';
import { announced } from './fixtures/containers/role-test.ts';
import { kubectl, turnOff, turnOn } from './fixtures/kube/host.ts';
import { startMirror } from './fixtures/kube/mirror.ts';
import { firstRelease, nextMinor } from './fixtures/kube/releases.ts';
import { type Cluster, clusterOn, environment } from './rke2/cluster.ts';

// Three servers and an agent, from nothing to their end: runs and hosts that are killed on the way, a server that is lost, a
// roll of versions with an API that has to answer. RKE2_SEED repeats the moments of an earlier run, RKE2_ROUNDS makes more.

const seed = process.env.RKE2_SEED ?? randomBytes(4).toString('hex');
const rounds = Number(process.env.RKE2_ROUNDS ?? 10);
/** The fixture's Helm is of the minor before. */
const upgrade = {
	rke2_server_version: nextMinor.version,
	versions_accept: ['helm 3.19 with rke2 1.35'],
};
const servers = ['compute1', 'compute2', 'compute3'] as const;

let lab: TestLab;
let cluster: Cluster;

const ready = (version: string, names: readonly string[] = [...servers, 'agent1']) =>
	names.map((name) => `${name} True ${version}`).sort();

test.serial.before('a lab with a mirror', async (t) => {
	t.timeout(30 * 60_000);
	lab = await startLab(undefined, [
		...servers.map((name) => ({ name, groups: ['rke2_servers'] })),
		{ name: 'agent1', groups: ['rke2_agents'] },
	]);
	cluster = await clusterOn(lab, await startMirror(lab, [firstRelease, nextMinor]));
	t.log(`seed ${seed}, ${rounds} rounds`);
});

test.serial(
	'servers join one after the other, and the end of the cluster leaves nothing when it is typed out',
	async (t) => {
		t.timeout(20 * 60_000);
		// With it a server gives up when another one joins at the same time.
		for (const server of servers) {
			await turnOn(lab, server, 'one-joiner-only');
		}

		const first = await cluster.converge(t, 'from nothing');
		t.is(first.code, 0, first.stdout);
		t.deepEqual(await nodes(lab, 'compute2'), ready(firstRelease.version));
		t.deepEqual(await cluster.voters('compute3'), [...servers]);
		t.deepEqual((await cluster.converge(t, 'once more')).effects, []);
		t.deepEqual((await cluster.converge(t, 'check', {}, '--check')).effects, []);
		for (const server of servers) {
			await turnOff(lab, server, 'one-joiner-only');
		}

		const wrong = await cluster.converge(t, 'another name', {
			rke2_server_state: 'absent',
			rke2_server_purge: 'compute1',
		});
		t.is(wrong.code, 2, wrong.stdout);
		t.deepEqual(wrong.effects, []);
		t.regex(wrong.stdout, /rke2_server_purge is "compute1", and this node is called compute2/);
		t.regex(wrong.stdout, /rke2_server_purge is not the name of agent1, compute2, compute3/);
		const own = `${lab.folder}/group_vars/rke2_servers.yml`;
		await writeFile(own, 'rke2_server_purge: "{{inventory_hostname}}"\n');
		const end = await cluster.converge(t, 'the end', { rke2_server_state: 'absent' });
		await rm(own);
		t.is(end.code, 0, end.stdout);
		for (const { name } of lab.hosts) {
			t.is(
				(await lab.run(name, 'ls -d /var/lib/rancher /etc/rancher; pgrep -a "rke2|etcd|kube"')).stdout,
				'',
				name,
			);
		}
	},
);

test.serial('runs that are killed, and hosts, on the way to three servers', async (t) => {
	t.timeout(90 * 60_000);
	const random = numbers(Number.parseInt(seed.slice(0, 8), 16));
	let known: string | undefined;
	for (let round = 1; round <= rounds; round++) {
		// Each round has somebody who joins.
		if (known !== undefined) {
			await cluster.lose(round % 3 === 0 ? 'agent1' : 'compute3');
		}

		const running = start(cluster.playbook, lab.folder, cluster.words({}));
		await running.begun;
		const after = Math.round(2_000 + random.next().value * (known === undefined ? 55_000 : 35_000));
		const victim = round % 2 === 0 ? servers[Math.floor(random.next().value * 3)] : undefined;
		const over = await Promise.race([running.ended, sleep(after)]);
		t.log(
			`round ${round}: ${victim ?? 'the run'} killed after ${after} ms${over === undefined ? '' : ', it was done'}`,
		);
		if (victim === undefined) {
			running.process.kill('SIGKILL');
		} else {
			await lab.hosts.find(({ name }) => name === victim)?.container.kill();
		}

		await running.ended;
		if (victim !== undefined) {
			await lab.hosts.find(({ name }) => name === victim)?.container.start();
			await lab.output(victim, 'timeout 60 sh -c "until systemctl is-active ssh; do sleep 0.5; done"');
		}

		const there = await lab.run('compute1', `${environment}\nkubectl get --raw /readyz`);
		if (there.code === 0) {
			const now = await cluster.identity('compute1');
			known ??= now;
			t.is(now, known, `round ${round}: it is another cluster`);
		}
	}

	const done = await cluster.converge(t, 'undisturbed');
	t.is(done.code, 0, done.stdout);
	t.deepEqual(await nodes(lab, 'compute2'), ready(firstRelease.version));
	t.deepEqual(await cluster.voters('compute3'), [...servers]);
	t.is(await cluster.identity('compute1'), known ?? (await cluster.identity('compute1')));
	const again = await cluster.converge(t, 'once more');
	t.deepEqual(again.effects, []);
});

test.serial(
	'a server that is lost leaves the others as they are, and comes back under its name',
	async (t) => {
		t.timeout(20 * 60_000);
		const before = await cluster.identity('compute1');
		const lost = lab.hosts.find(({ name }) => name === 'compute2');
		await lost?.container.kill();
		const without = await cluster.converge(t, 'without compute2');
		t.is(without.code, 4, without.stdout);
		t.deepEqual(without.effects, []);
		t.regex(without.stdout, /compute2/);
		t.is((await kubectl(lab, 'compute3', 'get --raw /readyz')).trim(), 'ok');

		await lost?.container.start();
		await lab.output('compute2', 'timeout 60 sh -c "until systemctl is-active ssh; do sleep 0.5; done"');
		await lab.output(
			'compute2',
			'systemctl stop rke2-server; rke2-killall.sh; rm -rf /var/lib/rancher /etc/rancher',
		);
		const back = await cluster.converge(t, 'compute2 is empty');
		t.is(back.code, 0, back.stdout);
		t.deepEqual(
			back.effects.filter(({ host }) => host !== 'compute2'),
			[],
		);
		t.deepEqual(await cluster.voters('compute1'), [...servers]);
		t.is(await cluster.identity('compute1'), before);
		t.is(
			await lab.output('compute2', `sha256sum < /var/lib/rancher/rke2/server/tls/server-ca.crt`),
			await lab.output('compute1', `sha256sum < /var/lib/rancher/rke2/server/tls/server-ca.crt`),
		);
	},
);

test.serial('another token takes the place of the one of before, also by a run that is killed', async (t) => {
	t.timeout(30 * 60_000);
	const before = (await lab.output('compute1', "sed 's/.*://' /var/lib/rancher/rke2/server/token")).trim();
	const vars = { rke2_server_token: 'second', rke2_server_token_before: before };
	const part = await cluster.converge(t, 'on one server only', vars, '--limit', 'compute1,agent1');
	t.is(part.code, 2, part.stdout);
	t.regex(part.stdout, /compute2, compute3 cannot be reached or is not part of this run/);
	t.deepEqual(part.effects, []);

	const running = start(cluster.playbook, lab.folder, cluster.words(vars));
	await running.begun;
	const after = Math.round(
		3_000 + (numbers(Number.parseInt(seed.slice(0, 8), 16)).next().value ?? 0) * 25_000,
	);
	await Promise.race([running.ended, sleep(after)]);
	running.process.kill('SIGKILL');
	await running.ended;
	t.log(`the run killed after ${after} ms`);
	const check = await cluster.converge(t, 'check', vars, '--check');
	const changed = await cluster.converge(t, 'another token', vars);
	t.is(changed.code, 0, changed.stdout);
	announced(t, check.effects, changed.effects);
	t.notRegex(check.stdout + changed.stdout, new RegExp(before));
	t.deepEqual((await cluster.converge(t, 'once more', vars)).effects, []);
	t.is(await lab.output('compute3', "sed 's/.*://' /var/lib/rancher/rke2/server/token"), 'second\n');
	t.deepEqual(await nodes(lab, 'compute2'), ready(firstRelease.version));

	await cluster.lose('compute3');
	const joined = await cluster.converge(t, 'compute3 joins with it', { rke2_server_token: 'second' });
	t.is(joined.code, 0, joined.stdout);
	const back = await cluster.converge(t, 'and back', { rke2_server_token_before: 'second' });
	t.is(back.code, 0, back.stdout);
	t.deepEqual(await cluster.voters('compute1'), [...servers]);
	t.deepEqual((await cluster.converge(t, 'as before')).effects, []);
});

/** What keeps a node that joins from being ready, with what is said of it in the time that was given. */
const faults: readonly (readonly [host: string, fault: string, content: string, says: RegExp])[] = [
	['compute3', 'learner-stuck', '', /the unit rke2-server to be active: it is activating[\s\S]*Joining etcd/],
	['compute3', 'slow', '100', /waiting for the unit rke2-server to be active: it is activating/],
	['agent1', 'old-kubelet', 'v1.33.0+rke2r1', /the node agent1 to run v1\.34\.4\+rke2r1: it runs v1\.33\.0/],
];

for (const [host, fault, content, says] of faults) {
	test.serial(`a node that joins and does not become ready: ${fault}`, async (t) => {
		t.timeout(15 * 60_000);
		const before = await cluster.identity('compute1');
		await cluster.lose(host);
		await turnOn(lab, host, fault, content);
		const started = Date.now();
		const stopped = await cluster.converge(t, fault, { rke2_server_ready_seconds: 40 });
		const took = (Date.now() - started) / 1000;
		t.is(stopped.code, 2, stopped.stdout);
		t.regex(stopped.stdout, says);
		t.regex(stopped.stdout, new RegExp(`More: journalctl -eu rke2-(server|agent) on ${host}`));
		// Until its predecessor is missed, 90 s more.
		t.true(took < 180, `it took ${took} s`);
		await turnOff(lab, host, fault);
		const mended = await cluster.converge(t, 'without the fault');
		t.is(mended.code, 0, mended.stdout);
		t.deepEqual(await nodes(lab, 'compute2'), ready(firstRelease.version));
		t.deepEqual(await cluster.voters('compute2'), [...servers]);
		t.is(await cluster.identity('compute1'), before);
	});
}

test.serial('an agent joins by a run for itself, and not by the word of whoever answers', async (t) => {
	t.timeout(10 * 60_000);
	const alone = ['--limit', 'agent1'];
	await cluster.lose('agent1');
	// Who is between the two.
	await lab.output(
		'agent1',
		`apt-get -qq install iptables >/dev/null 2>&1; mkdir -p /root/false && cd /root/false
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=false -keyout key -out cacerts 2>/dev/null
setsid openssl s_server -accept 9999 -cert cacerts -key key -WWW >/dev/null 2>&1 </dev/null &
iptables -t nat -A OUTPUT -p tcp --dport 9345 -j REDIRECT --to-ports 9999`,
	);
	const deceived = await cluster.converge(t, 'by the word of somebody else', {}, ...alone);
	await lab.output('agent1', 'iptables -t nat -F OUTPUT; pkill openssl; rm -r /root/false');
	t.is(deceived.code, 2, deceived.stdout);
	t.regex(deceived.stdout, /shows another authority than compute1 has: somebody answers in its place/);
	t.deepEqual(deceived.effects, []);

	const joined = await cluster.converge(t, 'agent1 by itself', {}, ...alone);
	t.is(joined.code, 0, joined.stdout);
	t.deepEqual(await nodes(lab, 'compute1'), ready(firstRelease.version));
});

test.serial(
	'a roll of versions stops at a node that does not come up, and the API answers throughout',
	async (t) => {
		t.timeout(30 * 60_000);
		await turnOn(lab, 'compute2', 'crash-at-start');
		const stopped = await cluster.converge(t, 'compute2 does not start', upgrade);
		t.is(stopped.code, 2, stopped.stdout);
		await turnOff(lab, 'compute2', 'crash-at-start');
		const versions = await nodes(lab, 'compute3');
		t.true(versions.includes(`compute1 True ${nextMinor.version}`), versions.join('\n'));
		t.true(versions.includes(`compute3 True ${firstRelease.version}`), versions.join('\n'));
		t.true(versions.includes(`agent1 True ${firstRelease.version}`), versions.join('\n'));
		t.notRegex(await kubectl(lab, 'compute3', 'get nodes'), /SchedulingDisabled/);

		// By the balancer of the agent, as the cluster's own parts reach it.
		await lab.output(
			'agent1',
			`cat >/root/probe.sh <<'END'
while [ ! -e /root/probe.end ]; do
	curl --silent --max-time 2 --cacert /var/lib/rancher/rke2/agent/server-ca.crt --cert /var/lib/rancher/rke2/agent/client-kubelet.crt \\
		--key /var/lib/rancher/rke2/agent/client-kubelet.key https://127.0.0.1:6443/readyz >/dev/null && echo "$(date +%s.%N) ok" || echo "$(date +%s.%N) failed"
	sleep 0.2
done
END
rm -f /root/probe.end; setsid sh /root/probe.sh >/root/probe.log 2>&1 </dev/null &`,
		);
		const done = await cluster.converge(t, 'the roll', upgrade);
		await lab.output('agent1', 'touch /root/probe.end');
		t.is(done.code, 0, done.stdout);
		t.deepEqual(await nodes(lab, 'compute1'), ready(nextMinor.version));
		t.deepEqual(await cluster.voters('compute1'), [...servers]);
		const gap = longestGap(await lab.output('agent1', 'cat /root/probe.log'));
		t.log(`longest time without an answer: ${gap.toFixed(1)} s`);
		t.true(gap < 10, `the API did not answer for ${gap} s`);
	},
);

/** Seconds between two answers that were right. */
function longestGap(log: string): number {
	const times = log
		.split('\n')
		.filter((line) => line.endsWith(' ok'))
		.map((line) => Number(line.split(' ')[0]));
	return Math.max(...times.slice(1).map((time, index) => time - (times[index] ?? time)));
}

test.serial('a server leaves, and what is left of the cluster goes on', async (t) => {
	t.timeout(20 * 60_000);
	const vars = upgrade;
	await mkdir(`${lab.folder}/host_vars`, { recursive: true });
	await writeFile(`${lab.folder}/host_vars/compute3.yml`, 'rke2_server_state: absent\n');
	const left = await cluster.converge(t, 'compute3 leaves', vars);
	t.is(left.code, 0, left.stdout);
	t.deepEqual(await cluster.voters('compute1'), ['compute1', 'compute2']);
	t.deepEqual(await nodes(lab, 'compute2'), ready(nextMinor.version, ['agent1', 'compute1', 'compute2']));
	t.is((await lab.run('compute3', 'test -e /var/lib/rancher')).code, 1);
	t.deepEqual((await cluster.converge(t, 'it has left', vars)).effects, []);

	await writeFile(`${lab.folder}/even.yml`, 'rke2_servers:\n  hosts:\n    agent1:\n');
	const even = await cluster.converge(t, 'four servers', vars);
	await rm(`${lab.folder}/even.yml`);
	t.is(even.code, 2, even.stdout);
	t.regex(even.stdout, /the group rke2_servers has 4 members/);
	t.deepEqual(even.effects, []);

	await rm(`${lab.folder}/host_vars/compute3.yml`);
	const back = await cluster.converge(t, 'compute3 comes back', vars);
	t.is(back.code, 0, back.stdout);
	t.deepEqual(await cluster.voters('compute1'), [...servers]);
	t.deepEqual(await nodes(lab, 'compute2'), ready(nextMinor.version));
});
