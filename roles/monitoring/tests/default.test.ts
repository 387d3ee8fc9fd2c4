import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import test from 'ava';
import { g2pbook } from '../../../test/fixtures/containers/command-line.ts';
import { testImage } from '../../../test/fixtures/containers/images.ts';
import type { TestLab } from '../../../test/fixtures/containers/lab.ts';
import { type Again, roleTest } from '../../../test/fixtures/containers/role-test.ts';
import type { Mirror } from '../../../test/fixtures/kube/mirror.ts';
import { startResponders } from '../../../test/fixtures/kube/responders.ts';
import { startServerOn } from '../../../test/fixtures/kube/server.ts';
import { arrivals } from './arrivals.ts';
import { receivers, rules, scrapes } from './looks.ts';
import { alertmanagerConfig, ask, changeByHand, login, on, receiver, secret, space } from './monitoring.ts';
import { refusals } from './refusals.ts';

let mirror: Mirror;
const variables = () => ({ ...mirror.variables, monitoring_ready_seconds: 90 });

/** Whom alerts reach, as an inventory says it: what is secret comes from the store. */
const groupVars = `alert_token: !secret {name: alert_token, generate: {length: 24, alphabet: alphanumeric}}
monitoring_mail: {to: [ops@example.org, chief@example.org], from: g2p@example.org, smarthost: "mail.example.org:587", username: g2p, password: "{{alert_token}}"}
monitoring_slack: {url: "https://slack.example.org/{{alert_token}}", channel: "#alerts"}
monitoring_webhooks: [{url: "https://hook.example.org/"}]
monitoring_watchdog_url: "https://watchdog.example.org/{{alert_token}}"
exporters_nginx_port: 9200
`;
const nobody = {
	monitoring_mail: {},
	monitoring_slack: {},
	monitoring_webhooks: [],
	monitoring_watchdog_url: '',
};

const claims = (lab: TestLab) =>
	on(
		lab,
		`kubectl ${space} get persistentvolumeclaims -o 'jsonpath={range .items[*]}{.metadata.name} {.spec.storageClassName} {.spec.resources.requests.storage} {.status.phase} {.metadata.uid}{"\\n"}{end}'`,
	);

async function unheard(t: ExecutionContext, lab: TestLab, again: Again): Promise<void> {
	const check = await again('check of alerts for nobody', nobody, '--check', '--diff');
	t.regex(check.stdout, /ALERTS REACH NOBODY/);
	t.false(check.stdout.includes(await secret(lab, 'alert_token')));
	const opened = await again('alerts for nobody, and Grafana for everybody', {
		...nobody,
		monitoring_values: { grafana: { 'grafana.ini': { 'auth.anonymous': { enabled: true } } } },
	});
	t.is(opened.code, 2, opened.stdout);
	t.regex(opened.stdout, /ALERTS REACH NOBODY/);
	t.regex(opened.stdout, /Grafana answers who has not logged in \(\/api\/user: 200\)/);
	await alertmanagerConfig(lab);
	t.is(await receiver(lab, 'alertname=Watchdog severity=none'), 'nobody');
}

async function passwords(t: ExecutionContext, lab: TestLab, again: Again): Promise<void> {
	const before = await secret(lab, 'monitoring_grafana_password');
	await g2pbook(['secret', 'rotate', 'monitoring_grafana_password', '-i', lab.folder]);
	const own = await secret(lab, 'monitoring_grafana_password');
	const rotated = await again('another password', {});
	t.is(rotated.code, 0, rotated.stdout);
	t.false(rotated.stdout.includes(own));
	t.deepEqual([await login(lab, own), await login(lab, before)], [200, 401]);

	t.is(await changeByHand(lab, own, 'of somebody'), 200);
	const other = await again('a password of somebody', {});
	t.is(other.code, 5, other.stdout);
	t.regex(
		other.stdout,
		/lets its user admin in neither with .*: somebody has changed it\. Set that of the store/,
	);
	t.is(await changeByHand(lab, 'of somebody', own), 200);
}

/** Without it nothing is lost, and a later run goes on with what was there. */
async function thereAndBack(t: ExecutionContext, lab: TestLab, again: Again): Promise<void> {
	const before = await claims(lab);
	const gone = await again('absent', { monitoring_state: 'absent' });
	t.is(gone.code, 0, gone.stdout);
	t.is(await on(lab, `helm list ${space} -q`), 'rancher-monitoring-crd\n');
	t.is(await claims(lab), before);
	t.is(await on(lab, 'kubectl get prometheusrules,scrapeconfigs -A -o name'), '');
	t.is(await on(lab, `kubectl ${space} get secrets g2pbook-alertmanager --ignore-not-found -o name`), '');
	const back = await again('back again', {});
	t.is(back.code, 0, back.stdout);
	t.is(await claims(lab), before);
}

roleTest(test, {
	role: 'monitoring',
	hosts: [
		{ name: 'server1', groups: ['rke2_servers'] },
		{ name: 'server2', groups: ['rke2_servers', 'storage'] },
		{ name: 'server3', groups: ['rke2_servers', 'reverse_proxy', 'backup'] },
	],
	// That there are three of them is all that is asked of the others.
	pattern: 'server1',
	image: testImage,
	busy: ['/var/lib/rancher', '/etc/rancher', '/root/.kube', '/usr/libexec/kubernetes', '/tmp/responders'],
	vars: variables,

	async prepare(lab) {
		await g2pbook(['secret', 'init', '-i', lab.folder]);
		await mkdir(join(lab.folder, 'group_vars'), { recursive: true });
		await writeFile(join(lab.folder, 'group_vars/rke2_servers.yml'), groupVars);
		mirror = await startServerOn(lab, 'server1');
		await on(
			lab,
			`helm install csi-driver-nfs ${mirror.url}/charts/csi-driver-nfs-${mirror.variables.nfs_csi_version}.tgz -n kube-system --wait >/dev/null
kubectl create -f - <<'END'
{apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: {name: nfs-csi}, provisioner: nfs.csi.k8s.io, parameters: {server: storage, share: /srv}}
END
mkdir /opt/prometheus && cd /opt/prometheus
apt-get download -q prometheus prometheus-alertmanager >/dev/null 2>&1
for archive in *.deb; do dpkg -x "$archive" .; done
rm *.deb
ln -s /opt/prometheus/usr/share/prometheus /usr/share/prometheus`,
		);
		await startResponders(lab, 'server1', 'monitoring');
	},

	async verify(t, lab) {
		const own = await secret(lab, 'monitoring_grafana_password');
		t.is(await login(lab, own), 200);
		t.is(await login(lab, 'prom-operator'), 401);
		t.is(await ask(lab, undefined, 'GET', '/api/dashboards/home'), 401);
		t.is(await ask(lab, undefined, 'GET', '/'), 302);
		t.is(await ask(lab, own, 'GET', '/api/user'), 200);
		t.deepEqual(
			(await claims(lab))
				.trim()
				.split('\n')
				.map((line) => line.split(' ').slice(1, 4).join(' ')),
			['nfs-csi 2Gi Bound', 'nfs-csi 5Gi Bound', 'nfs-csi 50Gi Bound'],
		);
		t.is(
			await on(
				lab,
				`kubectl ${space} get deployment rancher-monitoring-grafana -o 'jsonpath={.spec.template.spec.containers[1].args[0]}'`,
			),
			'/api/v1/namespaces/cattle-monitoring-system/services/http:rancher-monitoring-grafana:80/proxy',
			"its pages look for their parts where Rancher's proxy has them",
		);
		const values = await on(lab, `helm ${space} get values rancher-monitoring -o json`);
		const token = await secret(lab, 'alert_token');
		t.false(
			[own, token].some((word) => values.includes(word)),
			'helm knows no secret',
		);

		await scrapes(t, lab);
		await rules(t, lab);
		await receivers(t, lab, token);
		await arrivals(t, lab, token);
	},

	async change(t, lab, again) {
		await refusals(t, again);
		await unheard(t, lab, again);
		await passwords(t, lab, again);
		await thereAndBack(t, lab, again);
	},

	drift: [
		{
			name: 'objects that were edited',
			break: (lab) =>
				on(
					lab,
					`kubectl ${space} delete scrapeconfig g2pbook-node
kubectl ${space} patch prometheusrule g2pbook --type json -p '[{"op": "replace", "path": "/spec/groups/0/rules/0/for", "value": "5h"}]'
kubectl ${space} patch secret g2pbook-alertmanager -p '{"stringData": {"alertmanager.yaml": "{}"}}'
kubectl ${space} delete secret g2pbook-grafana`,
				),
			repairs: ['Have what it logs in with', /Watch hosts/],
		},
		{
			name: 'Grafana was opened with helm',
			break: (lab) =>
				on(
					lab,
					`helm ${space} upgrade rancher-monitoring '${mirror.url}/charts/rancher-monitoring-${mirror.variables.monitoring_version}.tgz' --reuse-values --set 'grafana.grafana\\.ini.auth\\.anonymous.enabled=true'`,
				),
			repairs: ['Install it'],
		},
	],

	removal: {
		vars: () => ({
			...variables(),
			monitoring_state: 'absent',
			monitoring_purge: 'cattle-monitoring-system',
		}),
		async verify(t, lab) {
			t.is(await on(lab, 'helm list -A -q'), 'csi-driver-nfs\n');
			t.notRegex(await on(lab, 'kubectl get crds,namespaces -o name'), /monitoring|dashboards/);
		},
	},
});
