/** Series as promtool writes them: what is gathered, and its values minute by minute. */
type Series = Readonly<Record<string, string>>;

type Case = {
	readonly alert: string;
	readonly severity: 'critical' | 'warning';
	/** Which of them fires: labels that say what it is about. */
	readonly about: string;
	/** When it fires, and has to. */
	readonly after: string;
	readonly amiss: Series;
	/** What looks much like it, and is no reason for an alert. */
	readonly fine: readonly Series[];
};

const node = 'job="g2pbook-node",host="rp1",instance="10.0.0.4:9100"';
const disk = 'job="g2pbook-node",host="storage1",mountpoint="/srv",fstype="ext4"';
const memory = 'job="g2pbook-node",host="storage1",mountpoint="/run",fstype="tmpfs"';
const certificate = 'g2pbook_certificate_days_left{job="g2pbook-node",host="rp1",folder="/etc/g2pbook/tls"}';
const served = 'job="g2pbook-node",host="rp1",service="nginx",name="rancher.example.org"';
const day = 86_400;
const told = 'g2pbook_exporters_last_run_timestamp_seconds{job="g2pbook-node",host="rp1"}';
const volume = 'namespace="pilot",persistentvolumeclaim="data"';
const etcd = (value: string, ...members: readonly number[]): Series =>
	Object.fromEntries(
		members.map((at) => [`etcd_server_has_leader{job="kube-etcd",instance="10.0.0.${at}:2381"}`, value]),
	);

/** Of an installation with three servers. */
const cases: readonly Case[] = [
	{
		alert: 'HostTargetDown',
		severity: 'critical',
		about: 'host="rp1",job="g2pbook-nginx"',
		after: '6m',
		amiss: { 'up{job="g2pbook-nginx",host="rp1",instance="10.0.0.4:9113"}': '0x10' },
		fine: [
			{ 'up{job="g2pbook-nginx",host="rp1",instance="10.0.0.4:9113"}': '1x10' },
			{ 'up{job="g2pbook-nginx",host="rp1",instance="10.0.0.4:9113"}': '1x4 0x5' },
			{ 'up{job="of-others",host="rp1"}': '0x10' },
		],
	},
	{
		alert: 'HostDiskWillFill',
		severity: 'warning',
		about: 'host="storage1",mountpoint="/srv"',
		after: '8h',
		// A hundred units, a third of them left, and one goes every three hours.
		amiss: {
			[`node_filesystem_avail_bytes{${disk}}`]: '33-0.0056x500',
			[`node_filesystem_size_bytes{${disk}}`]: '100x500',
		},
		fine: [
			{
				[`node_filesystem_avail_bytes{${disk}}`]: '33x500',
				[`node_filesystem_size_bytes{${disk}}`]: '100x500',
			},
			{
				[`node_filesystem_avail_bytes{${disk}}`]: '33-0.001x500',
				[`node_filesystem_size_bytes{${disk}}`]: '100x500',
			},
			{
				[`node_filesystem_avail_bytes{${disk}}`]: '90-0.02x500',
				[`node_filesystem_size_bytes{${disk}}`]: '100x500',
			},
			{
				[`node_filesystem_avail_bytes{${memory}}`]: '33-0.0056x500',
				[`node_filesystem_size_bytes{${memory}}`]: '100x500',
			},
		],
	},
	{
		alert: 'HostDiskFull',
		severity: 'critical',
		about: 'host="storage1",mountpoint="/srv"',
		after: '10m',
		amiss: {
			[`node_filesystem_avail_bytes{${disk}}`]: '4x10',
			[`node_filesystem_size_bytes{${disk}}`]: '100x10',
		},
		fine: [
			{ [`node_filesystem_avail_bytes{${disk}}`]: '6x10', [`node_filesystem_size_bytes{${disk}}`]: '100x10' },
			{
				[`node_filesystem_avail_bytes{${memory}}`]: '1x10',
				[`node_filesystem_size_bytes{${memory}}`]: '100x10',
			},
		],
	},
	{
		alert: 'CertificateEnds',
		severity: 'warning',
		about: 'host="rp1",folder="/etc/g2pbook/tls"',
		after: '25h',
		amiss: { [certificate]: '29x1600' },
		// It renews itself when thirty days are left, and has some hours for it.
		fine: [{ [certificate]: '30x1600' }, { [certificate]: '31x700 29x900' }],
	},
	{
		alert: 'CertificateEnds',
		severity: 'warning',
		about: 'host="rp1",name="rancher.example.org"',
		after: '25h',
		amiss: { [`g2pbook_certificate_end_timestamp_seconds{${served}}`]: `${29 * day}x1600` },
		fine: [{ [`g2pbook_certificate_end_timestamp_seconds{${served}}`]: `${32 * day}x1600` }],
	},
	{
		alert: 'CertificateEnds',
		severity: 'critical',
		about: 'host="rp1",folder="/etc/g2pbook/tls"',
		after: '10m',
		amiss: { [certificate]: '6x10' },
		fine: [{ [certificate]: '7x10' }],
	},
	{
		alert: 'CertificateEnds',
		severity: 'critical',
		about: 'host="rp1",name="rancher.example.org"',
		after: '10m',
		amiss: { [`g2pbook_certificate_end_timestamp_seconds{${served}}`]: `${6 * day}x10` },
		fine: [{ [`g2pbook_certificate_end_timestamp_seconds{${served}}`]: `${8 * day}x10` }],
	},
	{
		alert: 'CertificateNotServed',
		severity: 'critical',
		about: 'host="rp1",name="rancher.example.org"',
		after: '12m',
		amiss: { [`g2pbook_certificate_served{${served}}`]: '0x15' },
		fine: [{ [`g2pbook_certificate_served{${served}}`]: '1x15' }],
	},
	{
		alert: 'WireGuardDown',
		severity: 'critical',
		about: 'host="rp1",interface="wg0"',
		after: '6m',
		amiss: { 'g2pbook_wireguard_up{host="rp1",interface="wg0"}': '0x10' },
		fine: [{ 'g2pbook_wireguard_up{host="rp1",interface="wg0"}': '1x10' }],
	},
	{
		alert: 'HostTellsNothing',
		severity: 'warning',
		about: 'host="rp1"',
		after: '30m',
		amiss: { [told]: '60x30', [`up{${node}}`]: '1x30' },
		fine: [
			{ [told]: '0+60x30', [`up{${node}}`]: '1x30' },
			// That the host is away is another alert.
			{ [`up{${node}}`]: '0x30' },
		],
	},
	// It never has.
	{
		alert: 'HostTellsNothing',
		severity: 'warning',
		about: 'host="rp1"',
		after: '10m',
		amiss: { [`up{${node}}`]: '1x10' },
		fine: [],
	},
	{
		alert: 'NfsUnavailable',
		severity: 'critical',
		about: 'host="storage1"',
		after: '6m',
		amiss: { 'g2pbook_nfs_answers{host="storage1"}': '0x10' },
		fine: [
			{
				'g2pbook_nfs_answers{host="storage1"}': '1x10',
				'g2pbook_nfs_export_served{host="storage1",path="/srv"}': '1x10',
			},
		],
	},
	{
		alert: 'NfsUnavailable',
		severity: 'critical',
		about: 'host="storage1",path="/srv"',
		after: '6m',
		amiss: {
			'g2pbook_nfs_answers{host="storage1"}': '1x10',
			'g2pbook_nfs_export_served{host="storage1",path="/srv"}': '0x10',
		},
		fine: [],
	},
	{
		alert: 'PostgresDown',
		severity: 'critical',
		about: 'host="storage1"',
		after: '4m',
		amiss: { 'pg_up{job="g2pbook-postgres",host="storage1"}': '0x10' },
		fine: [{ 'pg_up{job="g2pbook-postgres",host="storage1"}': '1x10' }],
	},
	{
		alert: 'NodeNotReady',
		severity: 'critical',
		about: 'node="agent1"',
		after: '6m',
		amiss: { 'kube_node_status_condition{condition="Ready",status="true",node="agent1"}': '0x10' },
		fine: [
			{
				'kube_node_status_condition{condition="Ready",status="true",node="agent1"}': '1x10',
				'kube_node_status_condition{condition="Ready",status="false",node="agent1"}': '0x10',
			},
		],
	},
	{
		alert: 'NodeCordoned',
		severity: 'warning',
		about: 'node="agent1"',
		after: '65m',
		amiss: { 'kube_node_spec_unschedulable{node="agent1"}': '1x70' },
		fine: [
			{ 'kube_node_spec_unschedulable{node="agent1"}': '0x30 1x40' },
			{ 'kube_node_spec_unschedulable{node="agent1"}': '0x70' },
		],
	},
	{
		alert: 'VolumeFills',
		severity: 'warning',
		about: volume,
		after: '12m',
		amiss: {
			[`kubelet_volume_stats_available_bytes{${volume}}`]: '14x20',
			[`kubelet_volume_stats_capacity_bytes{${volume}}`]: '100x20',
		},
		fine: [
			{
				[`kubelet_volume_stats_available_bytes{${volume}}`]: '16x20',
				[`kubelet_volume_stats_capacity_bytes{${volume}}`]: '100x20',
			},
		],
	},
	{
		alert: 'VolumeFills',
		severity: 'critical',
		about: volume,
		after: '12m',
		amiss: {
			[`kubelet_volume_stats_available_bytes{${volume}}`]: '4x20',
			[`kubelet_volume_stats_capacity_bytes{${volume}}`]: '100x20',
		},
		fine: [
			{
				[`kubelet_volume_stats_available_bytes{${volume}}`]: '6x20',
				[`kubelet_volume_stats_capacity_bytes{${volume}}`]: '100x20',
			},
		],
	},
	{
		alert: 'EtcdQuorumLost',
		severity: 'critical',
		about: '',
		after: '6m',
		amiss: { ...etcd('1x10', 1), ...etcd('0x10', 2, 3) },
		fine: [etcd('1x10', 1, 2, 3), { ...etcd('1x10', 1, 2), ...etcd('0x10', 3) }],
	},
	// Nothing is seen of it at all.
	{
		alert: 'EtcdQuorumLost',
		severity: 'critical',
		about: '',
		after: '6m',
		amiss: { 'up{job="of-others"}': '1x10' },
		fine: [],
	},
	{
		alert: 'EtcdQuorumAtRisk',
		severity: 'warning',
		about: '',
		after: '6m',
		amiss: { ...etcd('1x10', 1, 2), ...etcd('0x10', 3) },
		fine: [etcd('1x10', 1, 2, 3)],
	},
];

/** Alerts that there are cases of, as `ALERT SEVERITY`. */
export const alertsOfCases: readonly string[] = [
	...new Set(cases.map(({ alert, severity }) => `${alert} ${severity}`)),
].sort();

const seriesOf = (series: Series) =>
	Object.entries(series).map(([name, values]) => ({ series: name, values }));

/** What promtool tests: that each alert fires when something is amiss, and does not when it is fine. JSON is YAML. */
export const testsOf = (rules: string): string =>
	JSON.stringify({
		rule_files: [rules],
		evaluation_interval: '1m',
		tests: cases.flatMap(({ alert, severity, about, after, amiss, fine }) => {
			const labels = [`alertname="${alert}"`, `severity="${severity}"`, 'alertstate="firing"', about];
			const firing = `count(ALERTS{${labels.filter((one) => one !== '').join(',')}})`;
			const look = (samples: readonly unknown[]) => [
				{ expr: firing, eval_time: after, exp_samples: samples },
			];
			return [
				{
					interval: '1m',
					input_series: seriesOf(amiss),
					promql_expr_test: look([{ labels: '{}', value: 1 }]),
				},
				...fine.map((series) => ({
					interval: '1m',
					input_series: seriesOf(series),
					promql_expr_test: look([]),
				})),
			];
		}),
	});
