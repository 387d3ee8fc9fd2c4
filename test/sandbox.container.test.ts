import test from 'ava';
import { nodes } from '../roles/rke2-server/tests/nodes.ts';
import { play } from './fixtures/containers/command-line.ts';
import { testImage } from './fixtures/containers/images.ts';
import { bringUpSite, metadata, pilot, through } from './fixtures/containers/site.ts';
import { firstRelease } from './fixtures/kube/releases.ts';

// The other end of the range: one host that is everything, with an environment.
test(`sandbox on one fresh host (${testImage})`, async (t) => {
	t.timeout(15 * 60_000);
	const site = await bringUpSite(t, 'sandbox', 'sandbox1');
	t.deepEqual(await nodes(site.lab, 'sandbox1'), [`sandbox1 True ${firstRelease.version}`]);
	t.regex(
		await through(site, 'sandbox1', 'sandbox1', `keycloak.${pilot.domain}`, metadata),
		/"issuer": *"https:\/\/keycloak\.pilot\.openg2p\.example\/realms\/staff"/,
	);
	t.regex(
		await site.look(
			'sandbox1',
			`/var/lib/rancher/rke2/bin/kubectl --kubeconfig /etc/rancher/rke2/rke2.yaml --namespace ${pilot.name} get statefulset commons-postgresql`,
		),
		/1\/1/,
		'its databases are in its namespace',
	);
	// By the name server of the sandbox, as a laptop on its tunnel asks.
	t.is(
		await site.look(
			'sandbox1',
			`apt-get install -yq bind9-dnsutils >/dev/null 2>&1; dig +short @${site.lab.address('sandbox1')} keycloak.${pilot.domain}`,
		),
		site.lab.address('sandbox1'),
	);
	const served = await play('verify.yml', site.lab.folder);
	t.is(served.code, 0, served.stdout);
});
