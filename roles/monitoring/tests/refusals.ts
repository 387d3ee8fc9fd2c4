import type { ExecutionContext } from 'ava';
import { type Refusal, refuses } from '../../../test/fixtures/containers/refusals.ts';
import type { Again } from '../../../test/fixtures/containers/role-test.ts';

const refused: readonly Refusal[] = [
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
	await refuses(t, refused, again);

	const key = await again('a key that the chart does not know', {
		monitoring_values: { grafana: { anonymous: true } },
	});
	t.is(key.code, 2, key.stdout);
	t.regex(key.stdout, /anonymous/);
}
