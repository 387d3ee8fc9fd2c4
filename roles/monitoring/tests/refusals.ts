import type { ExecutionContext } from 'ava';
import type { Again } from '../../../test/fixtures/containers/role-test.ts';

/** What is refused before anything is changed, all of it at once, with what is said of it. */
const refused: readonly (readonly [
	title: string,
	vars: Readonly<Record<string, unknown>>,
	says: readonly RegExp[],
])[] = [
	[
		'what would not work',
		{
			monitoring_version: '108.0.2+up77.9.1-rancher.11',
			monitoring_chart: 'https://charts.example.org/rancher-monitoring-108.0.2+up77.9.1-rancher.11.tgz',
			monitoring_storage_class: 'local-path',
			monitoring_grafana_size: '5G',
			monitoring_retention_size: '41GB',
			monitoring_mail: { to: ['ops@example.org'] },
			monitoring_slack: { channel: '#alerts' },
		},
		[
			/no checksum of rancher-monitoring-108\.0\.2\+up77\.9\.1-rancher\.11\.tgz, which is to come from https:\/\/charts\.example\.org: give it in versions_checksums_more/,
			/Rancher 2\.15\.1 goes with 110\.x\.x/,
			/the cluster has no storage class local-path \(it has nfs-csi\)/,
			/monitoring_grafana_size is "5G", and has to be like 50Gi/,
			/monitoring_retention_size is 41GB, and of a volume of 50Gi no more than 40GB/,
			/monitoring_mail needs to, from and smarthost, and has to/,
			/monitoring_slack needs url and channel, and has channel/,
		],
	],
	[
		'a purge that is mistyped',
		{ monitoring_state: 'absent', monitoring_purge: 'monitoring' },
		[/monitoring_purge is "monitoring": type cattle-monitoring-system/],
	],
];

export async function refusals(t: ExecutionContext, again: Again): Promise<void> {
	for (const [title, vars, says] of refused) {
		const { code, stdout, effects } = await again(title, vars);
		t.is(code, 5, `${title}\n${stdout}`);
		t.deepEqual(effects, [], title);
		for (const each of says) {
			t.regex(stdout, each, title);
		}
	}

	const key = await again('a key that the chart does not know', {
		monitoring_values: { grafana: { anonymous: true } },
	});
	t.is(key.code, 2, key.stdout);
	t.regex(key.stdout, /anonymous/);
}
