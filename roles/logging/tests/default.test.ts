import type { ExecutionContext } from 'ava';
import test from 'ava';
import { g2pbook } from '../../../test/fixtures/containers/command-line.ts';
import { differences } from '../../../test/fixtures/containers/fingerprint.ts';
import { testImage } from '../../../test/fixtures/containers/images.ts';
import type { TestLab } from '../../../test/fixtures/containers/lab.ts';
import { type Again, roleTest } from '../../../test/fixtures/containers/role-test.ts';
import { fingerprint } from '../../../test/fixtures/kube/fingerprint.ts';
import { configureRke2, installHelm, installRke2 } from '../../../test/fixtures/kube/host.ts';
import { type Mirror, startMirror } from '../../../test/fixtures/kube/mirror.ts';
import { firstRelease } from '../../../test/fixtures/kube/releases.ts';
import { startResponders } from '../../../test/fixtures/kube/responders.ts';
import { redacted } from './lines.ts';
import { byGo, on, query, send, space } from './logs.ts';

let mirror: Mirror;
const claims = ['export-0-loki-minio-0', 'export-1-loki-minio-0', 'storage-loki-0'];
const claimsOf = async (lab: TestLab): Promise<readonly string[]> =>
	(
		await on(lab, `kubectl ${space} get persistentvolumeclaims -o 'jsonpath={.items[*].metadata.name}'`)
	).split(' ');

/** What is refused before anything is changed, all of it at once, with what is said of it. */
const refused: readonly (readonly [
	title: string,
	vars: Readonly<Record<string, unknown>>,
	says: readonly RegExp[],
])[] = [
	[
		'patterns that Go does not know, or the chart would take for its own',
		{
			logging_redact_more: [
				{ name: 'behind', pattern: '(?<=id )[0-9]+', with: '' },
				{ name: 'back', pattern: '(a)\\1', with: '' },
				{ name: 'open', pattern: 'a)(b', with: '' },
				{ name: 'braces', pattern: '[{{]', with: '' },
				{ name: 'good', pattern: '(?i)[[:alpha:]]+\\pL|x{2,3}?', with: '' },
			],
			logging_redact_id_digits: { least: 12, most: 10 },
		},
		[
			/"behind" of logging_redact is none that the collector understands .*: \(\?<=id \)/,
			/"back" of logging_redact is none/,
			/"open" of logging_redact is none/,
			/"braces" of logging_redact has two opening braces/,
			/^(?!.*"good")/s,
			/least has to be 1 or more, most not below it/,
		],
	],
	[
		'what would not work',
		{
			logging_s3_endpoint: 's3.example.org',
			logging_alertmanager: 'alertmanager:9093',
			logging_retention_days: 0,
			logging_gateway_replicas: 0,
			logging_values: { grafana: {} },
			logging_loki_size: '20Gi',
			logging_storage_class: 'fast',
		},
		[
			/logging_s3_endpoint is s3\.example\.org, and has to be like https/,
			/no keys for it: set logging_s3_access_key/,
			/has to begin with http/,
			/a day is the least/,
			/one is the least/,
			/logging_values has grafana, and there are agent, gateway and loki/,
			/storage-loki-0 has 10Gi of nfs-csi, and would be 20Gi of fast, which nobody can change/,
			/the cluster has no storage class fast/,
		],
	],
	[
		'charts without a checksum',
		{
			logging_loki_version: '18.11.99',
			logging_collector_version: '0.170.99',
		},
		[/no checksum of opentelemetry-collector-0\.170\.99\.tgz/, /no checksum of loki-18\.11\.99\.tgz/],
	],
	[
		'a purge that is mistyped',
		{ logging_state: 'absent', logging_purge: 'logging' },
		[/logging_purge is "logging": type observability/],
	],
];

async function refusals(t: ExecutionContext, lab: TestLab, again: Again): Promise<void> {
	const server = { output: (line: string) => on(lab, line) };
	const before = await fingerprint(server);
	for (const [title, vars, says] of refused) {
		const { code, stdout, effects } = await again(title, vars);
		t.is(code, 5, `${title}\n${stdout}`);
		t.deepEqual(effects, [], title);
		for (const each of says) {
			t.regex(stdout, each, title);
		}
	}

	t.deepEqual(differences(before, await fingerprint(server)), []);
}

/** What the collector was given takes out what it should, by the expressions of Go. */
async function redaction(t: ExecutionContext, lab: TestLab, again: Again): Promise<void> {
	const left = await byGo(
		lab,
		redacted.map(([, line]) => line),
	);
	t.deepEqual(
		left,
		redacted.map(([, line, wanted = line]) => wanted),
	);

	const none = await again('lines that arrive as they are', {
		logging_redact: [{ name: 'e-mail', pattern: '[\\w.]+@[\\w.]+', with: '[EMAIL]' }],
	});
	t.is(none.code, 2, none.stdout);
	t.regex(none.stdout, /there still is "password=Wr0ng-Horse" "199012345678", and logging_proof says/);
	const more = await again('another pattern', {
		logging_redact_more: [{ name: 'household', pattern: '\\bHH-([A-Z]+)\\b', with: '[$1]' }],
	});
	t.is(more.code, 0, more.stdout);
	await send(lab, 'of HH-ABC, for $1');
	const [found] = await query(lab, '{namespace="pilot"} |= "ABC"');
	t.is(found?.values[0]?.[1], 'of [ABC], for $1');
}

/** An object store of others instead of MinIO, and back. */
async function stores(t: ExecutionContext, lab: TestLab, again: Again): Promise<void> {
	const elsewhere = await again('another object store', {
		logging_s3_endpoint: 'https://s3.example.org',
		logging_s3_access_key: 'AKIAEXAMPLE',
		logging_s3_secret_key: 'secret-of-others',
		logging_alertmanager: 'http://alertmanager.example.org:9093',
	});
	t.is(elsewhere.code, 0, elsewhere.stdout);
	const config = JSON.parse(
		await on(lab, `kubectl ${space} get configmap loki -o 'jsonpath={.data.config\\.yaml}'`),
	);
	t.like(config.common.storage.s3, { endpoint: 's3.example.org', bucketnames: 'loki', insecure: false });
	t.is(config.ruler.alertmanager_url, 'http://alertmanager.example.org:9093');
	t.is(await on(lab, `kubectl ${space} get statefulsets -o name`), 'statefulset.apps/loki\n');
	t.notRegex(
		await on(lab, `helm ${space} get all loki; kubectl ${space} get configmaps -o yaml`),
		/secret-of-others/,
	);
	const back = await again('back to MinIO', {});
	t.is(back.code, 0, back.stdout);
	t.deepEqual(await claimsOf(lab), claims);
}

async function purge(t: ExecutionContext, lab: TestLab, again: Again): Promise<void> {
	const gone = await again('all of it', { logging_state: 'absent', logging_purge: 'observability' });
	t.is(gone.code, 0, gone.stdout);
	t.notRegex(await on(lab, 'kubectl get namespaces -o name'), /observability/);
	const anew = await again('anew', {});
	t.is(anew.code, 0, anew.stdout);
}

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
		mirror = await startMirror(lab, [firstRelease]);
		await installRke2(lab, 'server1', mirror, firstRelease);
		await installHelm(lab, 'server1', mirror);
		await configureRke2(lab, 'server1', {
			token: 'for servers',
			'agent-token': 'for agents',
			disable: ['rke2-ingress-nginx'],
		});
		await lab.output('server1', 'systemctl start rke2-server');
		await on(
			lab,
			`until kubectl -n kube-system get deployment rke2-coredns-rke2-coredns >/dev/null 2>&1; do sleep 0.5; done
helm install csi-driver-nfs ${mirror.variables.nfs_csi_chart} -n kube-system --wait
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

	async change(t, lab, again) {
		await refusals(t, lab, again);
		await redaction(t, lab, again);
		await stores(t, lab, again);
		await purge(t, lab, again);
	},

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
			name: 'what the agents take out was edited',
			break: (lab) =>
				on(lab, `kubectl ${space} patch configmap logging-agent --type merge -p '{"data": {"relay": "{}"}}'`),
			repairs: ['Have an agent on each node'],
		},
		{
			name: 'the gateway was scaled by hand',
			break: (lab) => on(lab, `kubectl ${space} scale deployment logging-gateway --replicas=1`),
			repairs: ['Have the gateway'],
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
