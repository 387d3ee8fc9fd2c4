import { join } from 'node:path';
import test from 'ava';
import { topologyNamed } from '../src/lab/topologies.ts';
import { play, repository } from './fixtures/containers/command-line.ts';
import { testImage } from './fixtures/containers/images.ts';
import { quiet } from './fixtures/containers/role-test.ts';
import { metadata, pilot, startSite, through } from './fixtures/containers/site.ts';
import { startResponders } from './fixtures/kube/responders.ts';

const keeper = 'backup1';
const lost = ['rp1', 'compute1', 'storage1'] as const;
const tree = '/srv/nfs/g2p/pilot-files';
const kubectl = 'KUBECONFIG=/etc/rancher/rke2/rke2.yaml /var/lib/rancher/rke2/bin/kubectl';

/** What a site has that nobody could make again, by the host that is asked. */
const treasures: Readonly<Record<string, readonly [host: string, line: string]>> = {
	rows: ['storage1', 'cd /; runuser -u postgres -- psql -XAtc "SELECT count(*), sum(a) FROM kept" openg2p'],
	roles: [
		'storage1',
		'cd /; runuser -u postgres -- psql -XAtc "SELECT rolname, rolpassword FROM pg_authid ORDER BY 1"',
	],
	files: [
		'storage1',
		`cd ${tree} && find . -printf '%P %y %m %U %G %n %l %s %T@\\n' | sort && find . -type f -print0 | sort -z | xargs -0 sha256sum --`,
	],
	tunnel: ['rp1', 'wg show wg0 public-key'],
	authority: ['rp1', 'sha256sum /etc/g2pbook/tls/ca.crt'],
	objects: [
		'compute1',
		`${kubectl} get configmap --namespace default kept --output 'jsonpath={.metadata.uid} {.data}'`,
	],
	cluster: ['compute1', `${kubectl} get namespace kube-system --output 'jsonpath={.metadata.uid}'`],
};

/** What makes them. */
const hoard: readonly (readonly [host: string, line: string])[] = [
	[
		'storage1',
		`cd /; runuser -u postgres -- psql -Xqc "CREATE TABLE kept AS SELECT generate_series(1, 10000) AS a" openg2p
mkdir -p ${tree} && cd ${tree} && for i in $(seq 200); do mkdir -p d$((i % 9)) && echo $i >"d$((i % 9))/f $i" && chown $((1000 + i % 5)):1001 "d$((i % 9))/f $i"; done
chmod 0640 'd1/f 1' && ln 'd2/f 2' d3/second && ln -s ../nowhere d4/link`,
	],
	[
		'compute1',
		`${kubectl} create configmap --namespace default kept --from-literal=a=1 && rke2 etcd-snapshot save --name kept`,
	],
];

test(`a site of which the backup host is left (${testImage})`, async (t) => {
	t.timeout(45 * 60_000);
	const { lab, words } = await startSite(t, topologyNamed('prod-minimum').hosts, 'compute1');
	const run = async (playbook: string, ...more: readonly string[]) => {
		const started = Date.now();
		const result = await play(join(repository, 'playbooks', playbook), lab.folder, [...words, ...more]);
		t.is(result.code, 0, `${playbook}\n${result.stdout}\n${result.stderr}`);
		t.log(`${playbook}: ${((Date.now() - started) / 1000).toFixed(0)} s, ${result.effects.length} changes`);
		return result;
	};
	const look = async () =>
		Object.fromEntries(
			await Promise.all(
				Object.entries(treasures).map(
					async ([name, [host, line]]) => [name, await lab.output(host, line)] as const,
				),
			),
		);

	await run('prod-minimum.yml');
	await run('backup.yml');
	for (const [host, line] of hoard) {
		await lab.output(host, line);
	}

	const before = await look();
	await lab.output(
		keeper,
		`cd /etc/g2pbook/backup-node/jobs && for job in *; do systemctl start "g2pbook-backup-$job" || exit; done`,
	);

	await lab.replace(...lost);
	await startResponders(lab, 'compute1', 'gateway', 'keycloak');
	await run('prod-minimum.yml');
	const named = await run('restore-site.yml');
	quiet(t, named, 'without the name of the backup host nothing is brought back');
	t.regex(named.stdout, /database\.storage1:\s+back to any moment since/);
	const typo = await play(join(repository, 'playbooks/restore-site.yml'), lab.folder, [
		...words,
		...['-e', 'backup_node_restore_site=backup'],
	]);
	t.is(typo.code, 5, typo.stdout);
	t.deepEqual(typo.effects, []);

	const back = ['-e', `backup_node_restore_site=${keeper}`];
	t.true((await run('restore-site.yml', ...back, '--check')).effects.length > 0);
	await run('restore-site.yml', ...back);
	t.deepEqual(await look(), before);
	await run('prod-minimum.yml');
	quiet(t, await run('prod-minimum.yml'), 'a site that came back is as it was described');
	quiet(t, await run('backup.yml'), 'and copies are made of it');
	const site = { lab, look: async (host: string, line: string) => (await lab.run(host, line)).stdout.trim() };
	t.regex(
		await through(site, 'rp1', 'compute1', `keycloak.${pilot.domain}`, metadata),
		/"issuer": *"https:\/\/keycloak\.pilot\.openg2p\.example\/realms\/staff"/,
	);
	await lab.output(
		keeper,
		'systemctl start g2pbook-backup-database.storage1 g2pbook-drill-database.storage1',
	);
});
