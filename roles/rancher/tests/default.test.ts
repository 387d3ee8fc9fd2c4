import { writeFile } from 'node:fs/promises';
import type { ExecutionContext } from 'ava';
import test from 'ava';
import { g2pbook, play } from '../../../test/fixtures/containers/command-line.ts';
import { differences } from '../../../test/fixtures/containers/fingerprint.ts';
import { testImage } from '../../../test/fixtures/containers/images.ts';
import type { TestLab } from '../../../test/fixtures/containers/lab.ts';
import { type Refusal, refuses } from '../../../test/fixtures/containers/refusals.ts';
import { type Again, roleTest } from '../../../test/fixtures/containers/role-test.ts';
import { fingerprint } from '../../../test/fixtures/kube/fingerprint.ts';
import { kubectl } from '../../../test/fixtures/kube/host.ts';
import type { Mirror } from '../../../test/fixtures/kube/mirror.ts';
import { startServerOn } from '../../../test/fixtures/kube/server.ts';
import { answers } from './answers.ts';
import { kills, passwords } from './passwords.ts';
import { ask, login, on, secret } from './rancher.ts';

const hostname = 'rancher.g2p.test';
let mirror: Mirror;

const kube = (lab: TestLab, words: string): Promise<string> => kubectl(lab, 'server1', words);

const variables = (): Readonly<Record<string, unknown>> => ({
	...mirror.variables,
	rancher_domain: 'g2p.test',
	rancher_cluster_name: 'pilot',
	rancher_ready_seconds: 90,
});

const refused: readonly Refusal[] = [
	[
		'a pair that is not supported',
		{ rancher_version: '2.12.3' },
		[/\[rancher 2\.12 with rke2 1\.34\] rancher_version is 2\.12\.3/],
	],
	[
		'what would not work',
		{
			rancher_hostname: 'rancher_g2p',
			nginx_rp_admin_names: ['keycloak'],
			nginx_rp_domain: 'g2p.test',
			rancher_version: '2.14.4',
			rancher_password: 'short',
			rancher_source: 'charts',
		},
		[
			/it has to be a name of DNS/,
			/none of the admin names of nginx-rp \(keycloak\.g2p\.test\)/,
			/Rancher 2\.15\.1 runs, .* does not go back/,
			/rancher_password is shorter than the 12 characters that Rancher asks for/,
			/has to begin with https/,
			/no checksum of rancher-2\.14\.4\.tgz/,
		],
	],
	[
		'a purge that is mistyped',
		{ rancher_state: 'absent', rancher_purge: 'local' },
		[/rancher_purge is "local", and the cluster is called pilot/],
	],
];

async function refusals(t: ExecutionContext, lab: TestLab, again: Again): Promise<void> {
	const server = { output: (line: string) => on(lab, line) };
	const before = await fingerprint(server);
	await refuses(t, refused, again);

	const check = await again('a check, with a look at every object', {}, '--check');
	t.is(check.code, 0, check.stdout);
	t.deepEqual(
		differences(before, await fingerprint(server)),
		[],
		'neither refusals nor a check change an object',
	);
}

/** A run that is killed while helm installs leaves a release that helm refuses to touch. */
async function pending(t: ExecutionContext, lab: TestLab, again: Again): Promise<void> {
	await on(
		lab,
		`kubectl -n cattle-system get secret -l owner=helm,name=rancher --sort-by=.metadata.creationTimestamp -o name | tail -n 1 >/run/release
kubectl -n cattle-system label "$(cat /run/release)" --overwrite status=pending-upgrade
kubectl -n cattle-system get "$(cat /run/release)" -o 'jsonpath={.data.release}' | base64 -d | base64 -d | gzip -d | sed 's/"status":"deployed"/"status":"pending-upgrade"/' | gzip | base64 -w0 | base64 -w0 >/run/release.data
printf '{"data":{"release":"%s"}}' "$(cat /run/release.data)" >/run/patch; kubectl -n cattle-system patch "$(cat /run/release)" --patch-file /run/patch`,
	);
	t.regex(await on(lab, 'helm -n cattle-system list -a'), /pending-upgrade/);
	const { code, stdout } = await again('a release that is pending', {});
	t.is(code, 0, stdout);
	t.regex(await on(lab, 'helm -n cattle-system list -a'), /\bdeployed\b/);
}

/** For a Rancher that answers with 504: its pods are others then, and it is what it was. */
async function restart(t: ExecutionContext, lab: TestLab): Promise<void> {
	const pods = () =>
		kube(lab, '-n cattle-system get pods -l app=rancher --field-selector status.phase=Running -o name');
	const before = await pods();
	const file = `${lab.folder}-vars.yml`;
	await writeFile(file, JSON.stringify(variables()));
	const { code, stdout } = await play('restart-rancher.yml', lab.folder, ['-e', `@${file}`]);
	t.is(code, 0, stdout);
	t.not(await pods(), before);
}

roleTest(test, {
	role: 'rancher',
	hosts: [{ name: 'server1', groups: ['rke2_servers', 'reverse_proxy'] }],
	image: testImage,
	busy: ['/var/lib/rancher', '/etc/rancher', '/root/.kube', '/usr/libexec/kubernetes'],
	vars: variables,

	async prepare(lab) {
		await g2pbook(['secret', 'init', '-i', lab.folder]);
		mirror = await startServerOn(lab, 'server1');
		// By it the addresses of its services are led to what stands for its pods.
		await lab.output('server1', 'apt-get install -yq iptables');
		// What of Istio has to be there: its kinds. What the role istio brings besides, nobody asks here.
		const base = `${mirror.url}/charts/base-${mirror.variables.istio_version}.tgz`;
		await on(lab, `helm install istio-base ${base} -n istio-system --create-namespace --wait`);
	},

	async verify(t, lab) {
		const own = await secret(lab, 'rancher_password');
		t.is(await login(lab, own), 201);
		t.is(await login(lab, 'wrong password'), 401);
		t.is(await login(lab, await secret(lab, 'rancher_bootstrap_password')), 401);
		t.is((await ask(lab, undefined, 'GET', '/v3/users?me=true')).code, 401);
		const me = await ask(lab, own, 'GET', '/v3/users?me=true');
		t.regex(me.body, /"mustChangePassword":false/);
		t.regex(
			(await ask(lab, own, 'GET', '/v3/settings/server-url')).body,
			/"value":"https:\/\/rancher\.g2p\.test"/,
		);
		t.regex((await ask(lab, own, 'GET', '/v3/settings/first-login')).body, /"value":"false"/);
		t.regex((await ask(lab, own, 'GET', '/v3/clusters/local')).body, /"name":"pilot"/);
		t.regex(await on(lab, 'helm -n cattle-system list'), /\bdeployed\b.*rancher-2\.15\.1/);
		const values = await on(lab, 'helm -n cattle-system get values rancher -o json');
		t.notRegex(values, /[Pp]assword/);
		t.is(await kube(lab, 'get ingress -A -o name'), '', 'nobody reaches it but by the gateway');
		t.regex(
			await kube(lab, '-n cattle-system get gateway rancher -o jsonpath={.spec.servers[0].hosts}'),
			new RegExp(hostname),
		);
		t.regex(
			await kube(lab, '-n kube-system get helmchartconfig rke2-coredns -o jsonpath={.spec.valuesContent}'),
			new RegExp(`${lab.address('server1').replaceAll('.', '\\.')} rancher\\.g2p\\.test`),
		);
		t.regex(
			await kube(lab, '-n cattle-system get pods -l app=rancher -o jsonpath={..containers[*].name}'),
			/rancher-audit-log/,
		);
	},

	async change(t, lab, again) {
		await refusals(t, lab, again);
		await passwords(t, lab, again);
		await kills(t, lab, again, variables());
		await pending(t, lab, again);
		await answers(t, lab, again);
		await restart(t, lab);
	},

	drift: [
		{
			name: 'objects that were edited',
			break: (lab) =>
				on(
					lab,
					`kubectl patch settings.management.cattle.io server-url --type merge -p '{"value": "https://elsewhere.test"}'
kubectl patch clusters.management.cattle.io local --type merge -p '{"spec": {"displayName": "other"}}'
kubectl -n kube-system patch helmchartconfig rke2-coredns --type merge -p '{"spec": {"valuesContent": ""}}'
kubectl -n cattle-system patch gateway rancher --type merge -p '{"spec": {"selector": {"istio": "other"}}}'
kubectl patch clusterrepos.catalog.cattle.io openg2p --type merge -p '{"spec": {"url": "https://elsewhere.test"}}'`,
				),
			repairs: [/Set what it is told/, /Name the cluster/, /Let pods find/, /Lead to it/, /Offer the chart/],
		},
		{
			name: 'a value was changed by helm',
			break: (lab) =>
				on(
					lab,
					`helm -n cattle-system upgrade rancher ${mirror.url}/charts/rancher-2.15.1.tgz --reuse-values --set auditLog.enabled=false --wait`,
				),
			repairs: ['Install it'],
		},
		{
			name: 'the deployment was edited',
			break: (lab) =>
				on(
					lab,
					'kubectl -n cattle-system set env deployment/rancher -c rancher AUDIT_LEVEL=0 && kubectl -n cattle-system rollout status deployment rancher',
				),
			repairs: ['Install it'],
		},
	],

	removal: {
		vars: () => ({ ...variables(), rancher_state: 'absent', rancher_purge: 'pilot' }),
		async verify(t, lab) {
			t.is(await on(lab, 'helm list -A -q'), 'istio-base\n');
			t.is(await on(lab, `kubectl get namespaces -o name | grep -E 'cattle|fleet|/local$' || true`), '');
			t.deepEqual(
				(await on(lab, `kubectl get crd -o name | grep -c '[.]cattle[.]io$'`)).trim(),
				'2',
				'those of RKE2 stay',
			);
			t.is(await kube(lab, '-n kube-system get helmchartconfigs -o name'), '');
			t.is((await lab.run('server1', 'ip -o address show dev lo | grep -c "inet 10.43"')).stdout.trim(), '0');
		},
	},
});
