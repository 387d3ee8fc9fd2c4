import test from 'ava';
import { startLab } from './fixtures/containers/lab.ts';
import { configureRke2, installRke2, kubectl, turnOff, turnOn } from './fixtures/kube/host.ts';
import { startMirror } from './fixtures/kube/mirror.ts';
import { firstRelease, nextMinor } from './fixtures/kube/releases.ts';

const servers = ['server1', 'server2', 'server3'] as const;

const ready = (node: string) =>
	`get node ${node} -o jsonpath='{.status.conditions[?(@.type=="Ready")].status} {.status.nodeInfo.kubeletVersion}'`;

test('three servers join at once, lose one, and go up by a minor version', async (t) => {
	// The second minor version is compiled at the first time.
	t.timeout(60 * 60_000);
	const lab = await startLab(
		t,
		servers.map((name) => ({ name, groups: [] })),
	);
	const mirror = await startMirror(lab, [firstRelease, nextMinor]);
	const until = async (what: string, seconds: number, is: () => Promise<boolean>) => {
		const started = Date.now();
		while (!(await is().catch(() => false))) {
			if (Date.now() - started > seconds * 1000) {
				throw new Error(`after ${seconds} s still not: ${what}`);
			}

			await new Promise((resolve) => setTimeout(resolve, 500));
		}

		t.log(`${((Date.now() - started) / 1000).toFixed(1)} s: ${what}`);
	};
	const isReady = async (by: string, node: string, version: string) =>
		(await kubectl(lab, by, ready(node))) === `True ${version}`;

	for (const host of servers) {
		await installRke2(lab, host, mirror, firstRelease);
	}

	await configureRke2(lab, 'server1', { token: 'secret' });
	await lab.output('server1', 'systemctl start rke2-server');
	const join = {
		server: `https://${lab.address('server1')}:9345`,
		token: (await lab.output('server1', 'cat /var/lib/rancher/rke2/server/token')).trim(),
	};

	// A role must never have two join at once: with this switch a test sees that it does.
	await configureRke2(lab, 'server2', join);
	await configureRke2(lab, 'server3', join);
	await turnOn(lab, 'server2', 'learner-stuck');
	await lab.output('server2', 'systemctl start --no-block rke2-server');
	await until('server2 is a learner', 60, async () =>
		/learner-stuck/.test(await lab.output('server2', 'journalctl -u rke2-server -o cat')),
	);
	await turnOn(lab, 'server3', 'one-joiner-only');
	const together = await lab.run('server3', 'timeout 60 rke2 server');
	t.is(together.code, 1);
	t.regex(together.stderr, /another server joins at this moment/);
	await turnOff(lab, 'server3', 'one-joiner-only');

	// Without it they wait for each other, as real ones try to.
	await lab.output('server3', 'systemctl start --no-block rke2-server');
	await turnOff(lab, 'server2', 'learner-stuck');
	for (const host of ['server2', 'server3']) {
		await until(`${host} is ready`, 120, () => isReady('server1', host, firstRelease.version));
	}

	await kubectl(lab, 'server1', 'create secret generic kept --from-literal=word=kept');
	const named = (host: string) => {
		const found = lab.hosts.find(({ name }) => name === host);
		if (found === undefined) {
			throw new Error(`no host ${host}`);
		}

		return found.container;
	};
	await named('server1').kill();
	await until('the API answers by another server', 60, async () =>
		(await kubectl(lab, 'server2', 'get secret kept -o name')).includes('kept'),
	);
	await until('the server is NotReady', 90, async () =>
		/^(Unknown|False)/.test(await kubectl(lab, 'server2', ready('server1'))),
	);
	await named('server1').start();
	await lab.output(
		'server1',
		'until systemctl is-system-running --wait; do sleep 0.5; done >/dev/null 2>&1 || true',
	);
	await lab.output('server1', 'systemctl start rke2-server');
	await until('it is back', 120, () => isReady('server2', 'server1', firstRelease.version));

	for (const host of servers) {
		await installRke2(lab, host, mirror, nextMinor);
		await lab.output(host, 'systemctl restart rke2-server');
		await until(`${host} has ${nextMinor.version}`, 120, () => isReady(host, host, nextMinor.version));
		const other = host === 'server1' ? 'server2' : 'server1';
		t.regex(await kubectl(lab, other, 'get secret kept -o name'), /kept/);
	}

	const version = JSON.parse(await kubectl(lab, 'server3', 'get --raw /version')) as { minor: string };
	t.is(version.minor, '35');
});
