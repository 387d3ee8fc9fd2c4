import type { Facts } from '../../src/module/facts.ts';

/** A small Debian 12 host. */
export const fakeFacts: Facts = {
	os: {
		family: 'debian',
		id: 'debian',
		version: '12',
		codename: 'bookworm',
		pretty: 'Debian GNU/Linux 12 (bookworm)',
	},
	kernel: '6.1.0-18-amd64',
	arch: 'x86_64',
	hostname: 'web1',
	fqdn: 'web1.example.org',
	cpus: 2,
	memory_mb: 2048,
	swap_mb: 0,
	mounts: [{ mount: '/', device: '/dev/vda1', fstype: 'ext4', size_mb: 20000, available_mb: 15000 }],
	interfaces: {
		eth0: {
			ipv4: [{ address: '192.0.2.10', prefix: 24 }],
			ipv6: [],
			mac: '02:00:00:00:00:10',
			mtu: 1500,
			up: true,
		},
	},
	default_ipv4: { address: '192.0.2.10', interface: 'eth0', gateway: '192.0.2.1' },
	all_ipv4: ['192.0.2.10'],
	init: 'systemd',
	virtualization: 'kvm',
	python: null,
	selinux: 'disabled',
	date: '2026-01-02T03:04:05Z',
	machine_id: '0123456789abcdef0123456789abcdef',
	user: { name: 'root', uid: 0, home: '/root', shell: '/bin/bash' },
	features: {},
};
