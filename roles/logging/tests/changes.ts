import type { ExecutionContext } from 'ava';
import { differences } from '../../../test/fixtures/containers/fingerprint.ts';
import type { TestLab } from '../../../test/fixtures/containers/lab.ts';
import { type Refusal, refuses } from '../../../test/fixtures/containers/refusals.ts';
import type { Again } from '../../../test/fixtures/containers/role-test.ts';
import { fingerprint } from '../../../test/fixtures/kube/fingerprint.ts';
import { redacted } from './lines.ts';
import { byGo, on, query, send, space } from './logs.ts';

export const claims = ['export-0-loki-minio-0', 'export-1-loki-minio-0', 'storage-loki-0'];
export const claimsOf = async (lab: TestLab): Promise<readonly string[]> =>
	(
		await on(lab, `kubectl ${space} get persistentvolumeclaims -o 'jsonpath={.items[*].metadata.name}'`)
	).split(' ');

const refused: readonly Refusal[] = [
	[
		'patterns that Go does not know',
		{
			logging_redact_more: [
				{ name: 'behind', pattern: '(?<=id )[0-9]+', with: '' },
				{ name: 'back', pattern: '(a)\\1', with: '' },
				{ name: 'open', pattern: 'a)(b', with: '' },
				{ name: 'good', pattern: '(?i)[[:alpha:]]+\\pL|x{2,3}?', with: '' },
			],
			logging_redact_id_digits: { least: 12, most: 10 },
		},
		[
			/"behind" of logging_redact is none that the collector understands .*: \(\?<=id \)/,
			/"back" of logging_redact is none/,
			/"open" of logging_redact is none/,
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
			logging_loki_version: '18.11.99',
			logging_collector_version: '0.170.99',
		},
		[
			/no checksum of opentelemetry-collector-0\.170\.99\.tgz/,
			/no checksum of loki-18\.11\.99\.tgz/,
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
		'a purge that is mistyped',
		{ logging_state: 'absent', logging_purge: 'logging' },
		[/logging_purge is "logging": type observability/],
	],
];

async function refusals(t: ExecutionContext, lab: TestLab, again: Again): Promise<void> {
	const server = { output: (line: string) => on(lab, line) };
	const before = await fingerprint(server);
	await refuses(t, refused, again);

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
}

/** An object store of others instead of MinIO, and back. */
async function stores(t: ExecutionContext, lab: TestLab, again: Again): Promise<void> {
	const marks = () =>
		on(
			lab,
			`kubectl ${space} get statefulsets -o 'jsonpath={.items[*].spec.template.metadata.annotations.g2pbook\\.openg2p\\.org/object-store}'`,
		);
	const before = await marks();
	const elsewhere = await again('another object store, and another pattern', {
		logging_redact_more: [{ name: 'household', pattern: '\\bHH-([A-Z]+)\\b', with: '[$1]' }],
		logging_s3_endpoint: 'https://s3.example.org',
		logging_s3_access_key: 'AKIAEXAMPLE',
		logging_s3_secret_key: 'secret-of-others',
		logging_alertmanager: 'http://alertmanager.example.org:9093',
	});
	t.is(elsewhere.code, 0, elsewhere.stdout);
	await send(lab, 'of HH-ABC, for $1');
	const [found] = await query(lab, '{namespace="pilot"} |= "ABC"');
	t.is(found?.values[0]?.[1], 'of [ABC], for $1');
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
	const back = await again('back to MinIO, with another key', {
		logging_minio_password: 'another-key-of-minio',
	});
	t.is(back.code, 0, back.stdout);
	t.regex(before, /^([0-9a-f]{12}) \1$/, 'of Loki and of MinIO');
	t.notRegex(await marks(), new RegExp(before.slice(0, 12)), 'who reads it once starts again');
	t.deepEqual(await claimsOf(lab), claims);
}

/** What does not answer is named. */
async function silent(t: ExecutionContext, lab: TestLab, again: Again): Promise<void> {
	await on(lab, 'systemctl stop responder-loki');
	const { code, stdout } = await again('nobody answers', { logging_proof_seconds: 1 });
	t.is(code, 2, stdout);
	t.regex(stdout, /the gateway takes no line in the time that it had .*kubectl -n observability logs/);
	await on(lab, 'systemctl start responder-loki');
}

async function purge(t: ExecutionContext, lab: TestLab, again: Again): Promise<void> {
	const gone = await again('all of it', { logging_state: 'absent', logging_purge: 'observability' });
	t.is(gone.code, 0, gone.stdout);
	t.notRegex(await on(lab, 'kubectl get namespaces -o name'), /observability/);
	const anew = await again('anew', {});
	t.is(anew.code, 0, anew.stdout);
}

/** All of it, one after the other; it ends as it began. */
export async function changes(t: ExecutionContext, lab: TestLab, again: Again): Promise<void> {
	await refusals(t, lab, again);
	await redaction(t, lab, again);
	await silent(t, lab, again);
	await stores(t, lab, again);
	await purge(t, lab, again);
}
