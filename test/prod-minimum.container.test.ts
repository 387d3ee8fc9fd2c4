import test from 'ava';
import { nodes } from '../roles/rke2-server/tests/nodes.ts';
import { type PlayedRun, play } from './fixtures/containers/command-line.ts';
import { testImage } from './fixtures/containers/images.ts';
import { quiet } from './fixtures/containers/role-test.ts';
import { bringUpSite, metadata, pilot, through } from './fixtures/containers/site.ts';
import { firstRelease } from './fixtures/kube/releases.ts';

// The whole of it, as a newcomer meets it: four fresh hosts, a check that is believed, a run, a quiet second run.
test(`prod-minimum on four fresh hosts (${testImage})`, async (t) => {
	t.timeout(15 * 60_000);
	const site = await bringUpSite(t, 'prod-minimum', 'compute1');
	const { lab, run, look, second } = site;
	const trips = ({ recap }: PlayedRun) =>
		recap.find(({ host }) => host === 'compute1')?.traffic?.roundTrips ?? 0;
	const platform = 'helm,nfs-csi,istio,rancher,commons-env';
	const all = trips(second);
	const cluster = trips(await run('without the platform', '--skip-tags', platform));
	const without = trips(await run('without the cluster', '--skip-tags', `rke2-server,${platform}`));
	t.log(`round trips of compute1: ${all}, without the platform ${cluster}, without the cluster ${without}`);
	t.true(without > 0);
	t.true(cluster - without <= 3, 'a cluster that is as it should be costs no more than three round trips');
	t.true(all - cluster <= 40, 'a platform that is as it should be costs few');

	t.deepEqual(await nodes(lab, 'compute1'), [`compute1 True ${firstRelease.version}`]);
	const rp = lab.address('rp1');
	const request = `curl -sk -o /dev/null -w '%{http_code}'`;
	t.regex(await look('rp1', 'ip -o -4 addr show wg0'), /10\.15\.0\.1\/16/);
	// Through nginx and the NodePort to the route of each, where what stands for the pods says what has arrived.
	const rancher = await through(site, 'rp1', 'compute1', 'rancher.openg2p.example', '/v3');
	t.regex(rancher, /cattle-system\/rancher\nGET rancher\.openg2p\.example\/v3\nforwarded for /);
	t.true(rancher.endsWith(lab.address('compute1')), 'the address of who asked, and none that was made up');
	t.regex(
		await through(site, 'rp1', 'compute1', `keycloak.${pilot.domain}`, metadata),
		/"issuer": *"https:\/\/keycloak\.pilot\.openg2p\.example\/realms\/staff"/,
	);
	const status = (name: string) =>
		look('compute1', `${request} --resolve ${name}:443:${rp} https://${name}/ || true`);
	t.is(await status(`none.${pilot.domain}`), '404');
	// A name that nobody declared gets no handshake, whatever it is called.
	t.is(await status('evil.example'), '000');
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
