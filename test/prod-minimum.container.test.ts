import test from 'ava';
import { nodes } from '../roles/rke2-server/tests/nodes.ts';
import { topologyNamed } from '../src/lab/topologies.ts';
import { g2pbook, play } from './fixtures/containers/command-line.ts';
import { differences, fingerprint } from './fixtures/containers/fingerprint.ts';
import { testImage } from './fixtures/containers/images.ts';
import { startLab } from './fixtures/containers/lab.ts';
import { announced, quiet } from './fixtures/containers/role-test.ts';
import { startMirror } from './fixtures/kube/mirror.ts';
import { firstRelease } from './fixtures/kube/releases.ts';

// The whole of it, as a newcomer meets it: four fresh hosts, a check that is believed, a run, a quiet second run.
test(`prod-minimum on four fresh hosts (${testImage})`, async (t) => {
	t.timeout(15 * 60_000);
	const lab = await startLab(t, topologyNamed('prod-minimum').hosts);
	t.is((await g2pbook(['secret', 'init', '-i', lab.folder])).code, 0);
	const mirror = await startMirror(lab);
	const run = async (name: string, ...words: string[]) => {
		const result = await play('prod-minimum.yml', lab.folder, [
			...['-e', JSON.stringify(mirror.variables)],
			...words,
		]);
		t.is(result.code, 0, `${name}\n${result.stdout}\n${result.stderr}`);
		return result;
	};

	const before = await Promise.all(lab.hosts.map(fingerprint));
	const check = await run('check', '--check', '--diff');
	const after = await Promise.all(lab.hosts.map(fingerprint));
	t.deepEqual(
		lab.hosts.flatMap(({ name }, index) =>
			differences(before[index] ?? new Map(), after[index] ?? new Map()).map((line) => `${name}: ${line}`),
		),
		[],
		'a check must change nothing',
	);

	announced(t, check.effects, (await run('run')).effects);
	const started = Date.now();
	quiet(t, await run('second run'), 'a second run must change nothing');
	t.log(`the second run took ${(Date.now() - started) / 1000} s`);
	const trips = async (name: string, ...words: string[]) =>
		(await run(name, ...words)).recap.find(({ host }) => host === 'compute1')?.traffic?.roundTrips ?? 0;
	const platform = 'helm,nfs-csi,istio';
	const all = await trips('once more');
	const cluster = await trips('without the platform', '--skip-tags', platform);
	const without = await trips('without the cluster', '--skip-tags', `rke2-server,${platform}`);
	t.log(`round trips of compute1: ${all}, without the platform ${cluster}, without the cluster ${without}`);
	t.true(without > 0);
	t.true(cluster - without <= 3, 'a cluster that is as it should be costs no more than three round trips');
	t.true(all - cluster <= 15, 'volumes and a gateway that are as they should be cost few');
	quiet(
		t,
		await run('check of converged hosts', '--check'),
		'a check of converged hosts must announce nothing',
	);

	t.deepEqual(await nodes(lab, 'compute1'), [`compute1 True ${firstRelease.version}`]);
	const rp = lab.address('rp1');
	const look = async (host: string, line: string) => (await lab.run(host, line)).stdout.trim();
	const request = `curl -sk -o /dev/null -w '%{http_code}'`;
	t.regex(await look('rp1', 'ip -o -4 addr show wg0'), /10\.15\.0\.1\/16/);
	t.is(
		await look(
			'compute1',
			`${request} --resolve rancher.openg2p.example:443:${rp} https://rancher.openg2p.example/`,
		),
		'404',
	);
	// Through nginx to the NodePort, where what stands for the gateway's pod says what has arrived.
	t.regex(
		await look(
			'compute1',
			`curl -sk -H 'X-Forwarded-For: 203.0.113.7' --resolve rancher.openg2p.example:443:${rp} https://rancher.openg2p.example/v3`,
		),
		new RegExp(
			`istio-ingressgateway, port 80\\nGET rancher\\.openg2p\\.example/v3\\nforwarded for .*${lab.address('compute1').replaceAll('.', '\\.')}$`,
		),
	);
	// Nobody but the proxy reaches the gateway, and nobody its other ports.
	for (const [host, port] of [
		['storage1', 30080],
		['storage1', 30521],
		['rp1', 30432],
	] as const) {
		t.not(
			(await lab.run(host, `curl -s -m 3 http://${lab.address('compute1')}:${port}/`)).code,
			0,
			`${host} ${port}`,
		);
	}

	// A name that nobody declared gets no handshake, whatever it is called.
	t.is(
		await look('compute1', `${request} --resolve evil.example:443:${rp} https://evil.example/ || true`),
		'000',
	);
	t.is(
		await look('compute1', `nfs-cat 'nfs://${lab.address('storage1')}/srv/nfs/g2p/README?version=4' | wc -l`),
		'1',
	);
	// No connection without TLS, and none with a wrong password.
	const dsn = `host=${lab.address('storage1')} dbname=openg2p user=openg2p connect_timeout=5`;
	t.not((await lab.run('compute1', `PGPASSWORD=wrong psql '${dsn} sslmode=require' -c 'SELECT 1'`)).code, 0);
	t.regex(
		(await lab.run('compute1', `psql -w '${dsn} sslmode=disable' -c 'SELECT 1'`)).stderr,
		/no pg_hba\.conf entry/,
	);

	// As after a power cut: everything serves again, and no run is needed for it.
	await lab.restart();
	const served = await play('verify.yml', lab.folder);
	t.is(served.code, 0, `after a restart of all hosts\n${served.stdout}\n${served.stderr}`);
	quiet(t, await run('check after the restart', '--check'), 'nothing is left to be done');
});
