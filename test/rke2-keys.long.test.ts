import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ExecutionContext } from 'ava';
import test from 'ava';
import { nodes } from '../roles/rke2-server/tests/nodes.ts';
import { inTheMiddle, keyOf } from '../roles/rke2-server/tests/rotation.ts';
import { numbers } from './chaos/random.ts';
import { start } from './chaos/run.ts';
import { startLab, type TestLab } from './fixtures/containers/lab.ts';
import { announced } from './fixtures/containers/role-test.ts';
import { kubectl, turnOff, turnOn } from './fixtures/kube/host.ts';
import { startMirror } from './fixtures/kube/mirror.ts';
import { firstRelease } from './fixtures/kube/releases.ts';
import { type Cluster, clusterOn } from './rke2/cluster.ts';

// Other keys for Secrets on three servers, of which those that were not restarted cannot read what has the new one. RKE2_SEED
// repeats the moments of an earlier run.

const seed = process.env.RKE2_SEED ?? randomBytes(4).toString('hex');
const moments = numbers(Number.parseInt(seed.slice(0, 8), 16));
const servers = ['compute1', 'compute2', 'compute3'] as const;
const status = '/usr/local/bin/rke2 secrets-encrypt status';

let lab: TestLab;
let cluster: Cluster;

const wanted = (word: string) => ({ rke2_server_secrets_key: word });

async function until(host: string, line: string, seconds = 120): Promise<void> {
	const end = Date.now() + seconds * 1000;
	while ((await lab.run(host, line)).code !== 0) {
		if (Date.now() > end) {
			throw new Error(`${host}: not within ${seconds} s: ${line}`);
		}

		await sleep(1000);
	}
}

/** By hand, as an administrator restarts a server. */
async function restart(host: string): Promise<void> {
	await lab.output(host, 'systemctl restart rke2-server');
	await until(
		host,
		'/var/lib/rancher/rke2/bin/kubectl --kubeconfig /etc/rancher/rke2/rke2.yaml get secrets -A >/dev/null',
	);
}

/** Every server reads it, all have the same keys, and in etcd it has none of those. */
async function readsEverywhere(t: ExecutionContext, ...before: readonly (string | undefined)[]) {
	for (const server of servers) {
		t.is(await kubectl(lab, server, `get secret rotated -o jsonpath='{.data.word}'`), 'a2VwdA==', server);
		t.regex(
			await lab.output(server, status),
			/finished\n.*All hashes match\n[^*]*\* [^*a-z]*aescbckey-\S+\n$/,
			server,
		);
	}

	const key = await keyOf(lab, 'compute3', 'rotated');
	t.regex(key ?? '', /^aescbckey-/);
	t.false(before.includes(key));
	t.deepEqual(
		await nodes(lab, 'compute2'),
		servers.map((name) => `${name} True ${firstRelease.version}`),
	);
	return key;
}

test.serial.before('three servers', async (t) => {
	t.timeout(30 * 60_000);
	lab = await startLab(
		undefined,
		servers.map((name) => ({ name, groups: ['rke2_servers'] })),
	);
	cluster = await clusterOn(lab, await startMirror(lab, [firstRelease]));
	t.log(`seed ${seed}`);
	const made = await cluster.converge(t, 'three servers', wanted('first'));
	t.is(made.code, 0, made.stdout);
	t.deepEqual((await cluster.converge(t, 'once more', wanted('first'))).effects, []);
	await kubectl(lab, 'compute1', 'create secret generic rotated --from-literal=word=kept');
	t.is(await keyOf(lab, 'compute1', 'rotated'), 'aescbckey', 'a new cluster has a new key already');
});

test.serial('servers that would not have it together are refused before anything is changed', async (t) => {
	t.timeout(15 * 60_000);
	const refused = async (what: string, says: RegExp, ...words: readonly string[]) => {
		const { code, stdout, effects } = await cluster.converge(t, what, wanted('second'), ...words);
		t.is(code, 2, stdout);
		t.regex(stdout, says);
		t.deepEqual(effects, [], what);
	};
	await refused(
		'for one server only',
		/compute2, compute3 cannot be reached or is not part of this run/,
		'--limit',
		'compute1',
	);
	await lab.output('compute3', 'systemctl stop rke2-server');
	await refused('a server is stopped', /compute3 does not run: start it/);
	await lab.output('compute3', 'systemctl start rke2-server');
	await until('compute3', `${status} | grep -q 'All hashes match'`);
	await lab.output('compute2', '/usr/local/bin/rke2 secrets-encrypt rotate-keys');
	t.is(
		(
			await lab.run(
				'compute1',
				'KUBECONFIG=/etc/rancher/rke2/rke2.yaml /var/lib/rancher/rke2/bin/kubectl get secret rotated',
			)
		).code,
		1,
		'who was not restarted reads nothing',
	);
	await refused(
		'rotated by hand',
		/compute1 sees servers with other keys: where those were rotated restart first/,
	);
	await restart('compute2');
	await restart('compute1');
	await restart('compute3');
	await until('compute1', `${status} | grep -q 'All hashes match'`);
	await readsEverywhere(t, 'aescbckey');
});

test.serial('a run that is killed at any time is gone on with', async (t) => {
	t.timeout(20 * 60_000);
	const before = await keyOf(lab, 'compute1', 'rotated');
	const running = start(cluster.playbook, lab.folder, cluster.words(wanted('second')));
	await running.begun;
	const after = Math.round(3_000 + (moments.next().value ?? 0) * 60_000);
	await Promise.race([running.ended, sleep(after)]);
	running.process.kill('SIGKILL');
	await running.ended;
	t.log(`the run killed after ${after} ms`);
	const check = await cluster.converge(t, 'check', wanted('second'), '--check');
	const changed = await cluster.converge(t, 'another key', wanted('second'));
	t.is(changed.code, 0, changed.stdout);
	announced(t, check.effects, changed.effects);
	t.deepEqual((await cluster.converge(t, 'once more', wanted('second'))).effects, []);
	await readsEverywhere(t, before);
});

test.serial('what a server writes with the key of before is named while it can be read', async (t) => {
	t.timeout(20 * 60_000);
	const before = await keyOf(lab, 'compute1', 'rotated');
	await turnOn(lab, 'compute1', 'rotation-slow', '10');
	const running = start(cluster.playbook, lab.folder, cluster.words(wanted('third')));
	await inTheMiddle(lab, 'compute1');
	running.process.kill('SIGKILL');
	await running.ended;
	await until('compute1', `${status} | grep -q reencrypt_finished`);
	await turnOff(lab, 'compute1', 'rotation-slow');
	await kubectl(lab, 'compute3', 'create secret generic late --from-literal=word=late');
	const stopped = await cluster.converge(t, 'a Secret with the key of before', wanted('third'));
	t.is(stopped.code, 2);
	t.regex(
		stopped.stdout,
		/was changed, and only a server that was not restarted since reads them: default\/late/,
	);
	t.is(await kubectl(lab, 'compute3', `get secret late -o jsonpath='{.data.word}'`), 'bGF0ZQ==');
	await kubectl(lab, 'compute3', 'delete secret late');
	await kubectl(lab, 'compute1', 'create secret generic late --from-literal=word=late');
	const changed = await cluster.converge(t, 'after it was made anew', wanted('third'));
	t.is(changed.code, 0, changed.stdout);
	t.is(await keyOf(lab, 'compute2', 'late'), await readsEverywhere(t, before));
});

test.serial('a server that ends between two keys is gone on with as the README has it', async (t) => {
	t.timeout(20 * 60_000);
	const before = await keyOf(lab, 'compute1', 'rotated');
	await turnOn(lab, 'compute1', 'rotation-slow', '60');
	const running = start(cluster.playbook, lab.folder, cluster.words(wanted('fourth')));
	await inTheMiddle(lab, 'compute1');
	await lab.output('compute1', 'systemctl kill --signal=KILL rke2-server');
	await turnOff(lab, 'compute1', 'rotation-slow');
	const { code, text } = await running.ended;
	t.is(code, 2, text);
	t.regex(text, /RKE2 has stopped between two keys/);
	const refused = await cluster.converge(t, 'the next run', wanted('fourth'));
	t.is(refused.code, 2, refused.stdout);
	t.regex(refused.stdout, /compute1 has keys of a rotation that did not end/);
	t.deepEqual(refused.effects, []);
	t.is((await lab.run('compute1', '/usr/local/bin/rke2 secrets-encrypt rotate-keys')).code, 1);
	await restart('compute2');
	await restart('compute3');
	await lab.output('compute1', '/usr/local/bin/rke2 secrets-encrypt reencrypt --force');
	await until('compute1', `${status} | grep -q reencrypt_finished`);
	const changed = await cluster.converge(t, 'after that', wanted('fourth'));
	t.is(changed.code, 0, changed.stdout);
	await readsEverywhere(t, before);
	t.deepEqual((await cluster.converge(t, 'once more', wanted('fourth'))).effects, []);
});

test.serial(
	'the snapshot of before brings back the key of before, and the word asks for a new one again',
	async (t) => {
		t.timeout(20 * 60_000);
		const before = await keyOf(lab, 'compute1', 'rotated');
		const changed = await cluster.converge(t, 'another key', wanted('fifth'));
		t.is(changed.code, 0, changed.stdout);
		t.not(await keyOf(lab, 'compute1', 'rotated'), before);
		const newest =
			'cd /var/lib/rancher/rke2/server/db/snapshots && ls -t | grep before-secrets-key | head -n 1';
		const back = await cluster.converge(t, 'the snapshot of before', {
			...wanted('fifth'),
			rke2_server_restore: (await lab.output('compute1', newest)).trim(),
			rke2_server_restore_on: 'compute1',
		});
		t.is(back.code, 0, back.stdout);
		t.is(await keyOf(lab, 'compute2', 'rotated'), before);
		for (const server of servers) {
			t.is(await kubectl(lab, server, `get secret rotated -o jsonpath='{.data.word}'`), 'a2VwdA==', server);
		}

		const again = await cluster.converge(t, 'another key once more', wanted('fifth'));
		t.is(again.code, 0, again.stdout);
		await readsEverywhere(t, before);
	},
);
