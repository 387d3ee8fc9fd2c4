import test from 'ava';
import { g2pbook } from '../../../test/fixtures/containers/command-line.ts';
import { testImage } from '../../../test/fixtures/containers/images.ts';
import { roleTest } from '../../../test/fixtures/containers/role-test.ts';
import type { Mirror } from '../../../test/fixtures/kube/mirror.ts';
import { startResponders } from '../../../test/fixtures/kube/responders.ts';
import { startServerOn } from '../../../test/fixtures/kube/server.ts';
import { changes, claims, claimsOf } from './changes.ts';
import { on, query, send, space } from './logs.ts';

let mirror: Mirror;

const storageClass = {
	apiVersion: 'storage.k8s.io/v1',
	kind: 'StorageClass',
	metadata: { name: 'nfs-csi' },
	provisioner: 'nfs.csi.k8s.io',
	parameters: { server: '192.0.2.1', share: '/srv/nfs/g2p' },
};

roleTest(test, {
	role: 'logging',
	hosts: [{ name: 'server1', groups: ['rke2_servers'] }],
	// It changes the cluster only.
	image: testImage,
	busy: ['/var/lib/rancher', '/etc/rancher', '/root/.kube', '/usr/libexec/kubernetes', '/var/lib/kubelet'],
	vars: () => ({ ...mirror.variables, logging_ready_seconds: 90, logging_proof_seconds: 30 }),

	async prepare(lab) {
		await g2pbook(['secret', 'init', '-i', lab.folder]);
		mirror = await startServerOn(lab, 'server1');
		await on(
			lab,
			`helm install csi-driver-nfs ${mirror.url}/charts/csi-driver-nfs-${mirror.variables.nfs_csi_version}.tgz -n kube-system --wait
kubectl apply -f - <<'END'\n${JSON.stringify(storageClass)}\nEND`,
		);
		await startResponders(lab, 'server1', 'loki');
	},

	async verify(t, lab) {
		await send(lab, 'of ana@example.org, token=abc, 12345678901');
		const [found] = await query(lab, '{namespace="pilot",container="web"} |= "EMAIL"');
		t.is(found?.values[0]?.[1], 'of [EMAIL], token=[SECRET], [ID]');
		t.is(found?.stream.k8s_pod_name, 'web-1');
		const { stdout } = await g2pbook(['secret', 'view', 'logging_minio_password', '-i', lab.folder]);
		const said = await on(
			lab,
			`for release in loki logging-agent logging-gateway; do helm ${space} get all $release; done; kubectl ${space} get configmaps,pods -o yaml`,
		);
		t.false(said.includes(stdout.trim()), 'the key is in a Secret, and nowhere else');

		const rules = await on(lab, `kubectl ${space} get configmap logging-rules -o 'jsonpath={.data}'`);
		t.regex(rules, /absent_over_time\(\{level=~.*\}\[15m\]\)/);
		t.regex(rules, /absent_over_time\(\{host=.*server1.*\}\[15m\]\)/);
		t.notRegex(rules, /== 0/);
		const images = await on(
			lab,
			`kubectl ${space} get pods -o 'jsonpath={range .items[*].spec.containers[*]}{.image}{"\\n"}{end}' | sort -u`,
		);
		t.deepEqual(images.trim().split('\n'), [
			'docker.io/grafana/loki:3.7.6',
			'docker.io/otel/opentelemetry-collector-contrib:0.158.0',
			'quay.io/minio/minio:RELEASE.2024-12-18T13-15-44Z',
		]);
		t.is(
			await on(
				lab,
				`kubectl ${space} get pods -l component=agent-collector -o 'jsonpath={.items[*].spec.nodeName}'`,
			),
			'server1',
		);
		t.deepEqual(await claimsOf(lab), claims);
	},

	change: changes,

	drift: [
		{
			name: 'rules and keys were edited',
			break: (lab) =>
				on(
					lab,
					`kubectl ${space} patch configmap logging-rules --type merge -p '{"data": {"g2pbook.yaml": "groups: []"}}'
kubectl ${space} patch secret logging-object-store --type merge -p '{"data": {"rootPassword": "eA=="}}'`,
				),
			repairs: ['Have the rules of alerts', 'Give it the keys of the object store'],
		},
		{
			name: 'what agents take out was edited, and the gateway scaled',
			break: (lab) =>
				on(
					lab,
					`kubectl ${space} patch configmap logging-agent --type merge -p '{"data": {"relay": "{}"}}'
kubectl ${space} scale deployment logging-gateway --replicas=1`,
				),
			repairs: ['Have an agent on each node', 'Have the gateway'],
		},
	],

	removal: {
		vars: () => ({ ...mirror.variables, logging_state: 'absent' }),
		async verify(t, lab) {
			t.is(await on(lab, `helm ${space} list -q`), '');
			t.is(await on(lab, `kubectl ${space} get pods,secrets -o name`), '');
			t.deepEqual(await claimsOf(lab), claims, 'logs stay');
		},
	},
});
