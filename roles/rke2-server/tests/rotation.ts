import { setTimeout as sleep } from 'node:timers/promises';
import type { ExecutionContext } from 'ava';
import { start } from '../../../test/chaos/run.ts';
import type { TestLab } from '../../../test/fixtures/containers/lab.ts';
import { type Again, announced } from '../../../test/fixtures/containers/role-test.ts';
import { kubectl, turnOff, turnOn } from '../../../test/fixtures/kube/host.ts';

const tls = '/var/lib/rancher/rke2/server/tls/etcd';

/** What etcd keeps of a Secret in the namespace default, as it lies there. */
export const rawSecret = (lab: TestLab, server: string, name: string): Promise<string> =>
	kubectl(
		lab,
		server,
		`-n kube-system exec etcd-${server} -- etcdctl --endpoints=https://127.0.0.1:2379 --cacert=${tls}/server-ca.crt --cert=${tls}/server-client.crt --key=${tls}/server-client.key get /registry/secrets/default/${name} --print-value-only`,
	);

/** The name of the key by which it is encrypted there. */
export const keyOf = async (lab: TestLab, server: string, name: string): Promise<string | undefined> =>
	/^k8s:enc:aescbc:v1:(aescbckey(?:-[-0-9]{10}T[0-9:]{8}Z)?):/.exec(await rawSecret(lab, server, name))?.[1];

/** Until a server has a new key and encrypts Secrets with it. */
export async function inTheMiddle(lab: TestLab, server: string): Promise<void> {
	const line = '/usr/local/bin/rke2 secrets-encrypt status';
	for (let tries = 0; tries < 120; tries += 1) {
		const { stdout } = await lab.run(server, line);
		if (/Stage: reencrypt_active[\s\S]* \* +AES-CBC +aescbckey-/.test(stdout)) {
			return;
		}

		await sleep(500);
	}

	throw new Error(`no rotation of keys has begun on ${server}`);
}

const word = (lab: TestLab) =>
	kubectl(lab, 'compute1', `get secret rotated -o jsonpath='{.data.word}' | base64 -d`);

/** Another key for Secrets, by a run that is killed in the middle of it. */
export async function rotation(t: ExecutionContext, lab: TestLab, again: Again): Promise<void> {
	const vars = { rke2_server_secrets_key: 'second' };
	await kubectl(lab, 'compute1', 'create secret generic rotated --from-literal=word=kept');
	t.is(await keyOf(lab, 'compute1', 'rotated'), 'aescbckey');
	const check = await again('check of another key', vars, '--check');
	t.is(check.code, 0, check.stdout);
	t.is(await keyOf(lab, 'compute1', 'rotated'), 'aescbckey');
	// What may follow of a command is told, too, as possible.
	t.deepEqual(
		check.effects.filter(({ status }) => status !== 'might').map(({ host, task }) => `${host}: ${task.name}`),
		[
			'compute1: Keep a snapshot of before, which has the keys of before',
			'compute1: Have every Secret encrypted with a new key',
			'compute1: See that it reads Secrets with the new key, and note that',
		],
	);

	// Of the check just now.
	await turnOn(lab, 'compute1', 'rotation-slow', '12');
	const running = start(`${lab.folder}-role-test.yml`, lab.folder);
	await inTheMiddle(lab, 'compute1');
	running.process.kill('SIGKILL');
	await running.ended;
	const left = await again('check after a run that was killed', vars, '--check');
	const run = await again('the next run', vars);
	t.is(run.code, 0, run.stdout);
	announced(t, left.effects, run.effects);
	await turnOff(lab, 'compute1', 'rotation-slow');
	const key = await keyOf(lab, 'compute1', 'rotated');
	t.regex(key ?? '', /^aescbckey-/);
	t.is(await word(lab), 'kept');
	t.deepEqual((await again('the same word once more', vars)).effects, []);
	t.is(await keyOf(lab, 'compute1', 'rotated'), key, 'a second run rotates nothing');
	t.regex(
		await lab.output('compute1', 'ls /var/lib/rancher/rke2/server/db/snapshots'),
		/^before-secrets-key-/m,
	);
}
