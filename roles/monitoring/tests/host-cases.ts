import type { Case } from './case.ts';

const node = 'job="g2pbook-node",host="rp1",instance="10.0.0.4:9100"';
const disk = 'job="g2pbook-node",host="storage1",mountpoint="/srv",fstype="ext4"';
const memory = 'job="g2pbook-node",host="storage1",mountpoint="/run",fstype="tmpfs"';
const copies = 'host="backup1",name="volumes.storage1"';
const certificate = 'g2pbook_certificate_days_left{job="g2pbook-node",host="rp1",folder="/etc/g2pbook/tls"}';
const served = 'job="g2pbook-node",host="rp1",service="nginx",name="rancher.example.org"';
const day = 86_400;
const told = 'g2pbook_exporters_last_run_timestamp_seconds{job="g2pbook-node",host="rp1"}';

/** Alerts about hosts outside of the cluster. */
export const hostCases: readonly Case[] = [
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
		alert: 'BackupFailed',
		severity: 'warning',
		about: 'host="backup1",name="volumes.storage1",what="run"',
		after: '20m',
		amiss: { [`g2pbook_backup_failed{${copies},what="run"}`]: '1x30' },
		fine: [{ [`g2pbook_backup_failed{${copies},what="run"}`]: '0x30' }],
	},
	{
		alert: 'BackupOld',
		severity: 'critical',
		about: 'host="backup1",name="volumes.storage1"',
		after: '20m',
		// The tests begin in 1970, and what is older than thirty hours then is of the days before.
		amiss: { [`g2pbook_backup_last_success_timestamp_seconds{${copies}}`]: `${-31 * 3600}x30` },
		fine: [{ [`g2pbook_backup_last_success_timestamp_seconds{${copies}}`]: `${-29 * 3600}x30` }],
	},
	{
		alert: 'BackupNotProven',
		severity: 'warning',
		about: 'host="backup1",name="volumes.storage1"',
		after: '70m',
		amiss: { [`g2pbook_backup_succeeded_timestamp_seconds{${copies},what="drill"}`]: `${-9 * day}x80` },
		fine: [
			{ [`g2pbook_backup_succeeded_timestamp_seconds{${copies},what="drill"}`]: `${-8 * day}x80` },
			{ [`g2pbook_backup_succeeded_timestamp_seconds{${copies},what="run"}`]: `${-9 * day}x80` },
		],
	},
	{
		alert: 'BackupNotProven',
		severity: 'warning',
		about: 'host="backup1",name="volumes.storage1",what="offdrill"',
		after: '70m',
		amiss: { [`g2pbook_backup_succeeded_timestamp_seconds{${copies},what="offdrill"}`]: `${-9 * day}x80` },
		fine: [{ [`g2pbook_backup_succeeded_timestamp_seconds{${copies},what="offdrill"}`]: `${-8 * day}x80` }],
	},
	{
		alert: 'BackupNotElsewhere',
		severity: 'warning',
		about: 'host="backup1",name="volumes.storage1",what="offsite"',
		after: '70m',
		amiss: { [`g2pbook_backup_succeeded_timestamp_seconds{${copies},what="offsite"}`]: `${-54 * 3600}x80` },
		fine: [{ [`g2pbook_backup_succeeded_timestamp_seconds{${copies},what="offsite"}`]: `${-50 * 3600}x80` }],
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
];
