import type { Case, Series } from './case.ts';

const volume = 'namespace="pilot",persistentvolumeclaim="data"';
const etcd = (value: string, ...members: readonly number[]): Series =>
	Object.fromEntries(
		members.map((at) => [`etcd_server_has_leader{job="kube-etcd",instance="10.0.0.${at}:2381"}`, value]),
	);

/** Alerts about the cluster, where it has three servers. */
export const clusterCases: readonly Case[] = [
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
