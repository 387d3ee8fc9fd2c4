import test from 'ava';
import { connectLocal } from '../src/connection/local.ts';
import { factsOf, gatherBasicFacts, gatherFacts } from '../src/facts/gather.ts';
import { createSession } from '../src/session/session.ts';

/** What the probes print, as the gatherer joins it. */
const said = (sections: Readonly<Record<string, string>>): string =>
	Object.entries(sections)
		.map(([name, text]) => `\u001e${name}\n${text}\n`)
		.join('');

const facts = (sections: Readonly<Record<string, string>>) => factsOf(said(sections));

const releases: readonly (readonly [string, string, object])[] = [
	[
		'Debian',
		'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nNAME="Debian GNU/Linux"\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\nID=debian\n',
		{
			family: 'debian',
			id: 'debian',
			version: '12',
			codename: 'bookworm',
			pretty: 'Debian GNU/Linux 12 (bookworm)',
		},
	],
	[
		'Ubuntu',
		'ID=ubuntu\nID_LIKE=debian\nVERSION_ID="24.04"\nVERSION_CODENAME=noble',
		{ family: 'debian', id: 'ubuntu', version: '24.04', codename: 'noble' },
	],
	[
		'Rocky',
		'ID="rocky"\nID_LIKE="rhel centos fedora"\nVERSION_ID="9.4"',
		{ family: 'redhat', id: 'rocky', version: '9.4', codename: '' },
	],
	[
		'openSUSE',
		'ID="opensuse-leap"\nID_LIKE="suse opensuse"\nVERSION_ID="15.6"',
		{ family: 'suse', id: 'opensuse-leap' },
	],
	[
		'Alpine',
		"ID=alpine\nVERSION_ID=3.20.1\nPRETTY_NAME='Alpine Linux v3.20'",
		{ family: 'alpine', pretty: 'Alpine Linux v3.20' },
	],
	['a derivative of Ubuntu', 'ID=pop\nID_LIKE="ubuntu debian"', { family: 'debian', id: 'pop' }],
	['another one', 'ID=void', { family: 'void', id: 'void', pretty: 'void' }],
	['nothing', '', { family: '', id: '', version: '' }],
];

for (const [title, release, expected] of releases) {
	test(`os: ${title}`, (t) => {
		t.like(facts({ release }).os, expected);
	});
}

const names: readonly (readonly [string, string, string, string, string])[] = [
	['short name only', 'web1 6.1.0 x86_64', '127.0.0.1 localhost', 'web1', 'web1'],
	[
		'Debian entry',
		'web1 6.1.0 x86_64',
		'127.0.0.1 localhost\n127.0.1.1 web1.example.org web1',
		'web1',
		'web1.example.org',
	],
	['long node name', 'web1.example.org 6.1.0 x86_64', '', 'web1', 'web1.example.org'],
	['comment', 'web1 6.1.0 x86_64', '# 10.0.0.1 web1.wrong web1', 'web1', 'web1'],
];

for (const [title, uname, hosts, hostname, fqdn] of names) {
	test(`name: ${title}`, (t) => {
		t.like(facts({ uname, hosts }), { hostname, fqdn, kernel: '6.1.0', arch: 'x86_64' });
	});
}

test('memory, mounts and the rest of the hardware', (t) => {
	t.like(
		facts({
			cpus: '4',
			memory: 'MemTotal:        8036364 kB\nMemFree:  1 kB\nSwapTotal:       2097148 kB',
			virtualization: 'kvm',
			mounts: `Filesystem     Type     1024-blocks    Used Available Capacity Mounted on
udev           devtmpfs     1000000       0   1000000       0% /dev
/dev/vda1      ext4        20511312 5000000  14444040      26% /
tmpfs          tmpfs         800000    1000    799000       1% /run
10.0.0.3:/srv/nfs nfs4     10240000 1024000   9216000      10% /mnt/with blank
overlay        overlay     10240000 1024000   9216000      10% /var/lib/docker/overlay2/x/merged`,
		}),
		{
			cpus: 4,
			memory_mb: 7848,
			swap_mb: 2047,
			virtualization: 'kvm',
			mounts: [
				{ mount: '/', device: '/dev/vda1', fstype: 'ext4', size_mb: 20030, available_mb: 14105 },
				{
					mount: '/mnt/with blank',
					device: '10.0.0.3:/srv/nfs',
					fstype: 'nfs4',
					size_mb: 10000,
					available_mb: 9000,
				},
			],
		},
	);
	t.like(facts({}), { cpus: 0, memory_mb: 0, mounts: [], virtualization: 'none' });
	t.is(facts({ mounts: 'h\noverlay overlay 2048 1024 1024 50% /' }).mounts[0]?.mount, '/');
});

test('interfaces, addresses and the way out', (t) => {
	const { interfaces, default_ipv4, all_ipv4 } = facts({
		links: `1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN mode DEFAULT group default qlen 1000\\    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00
2: eth0@if5: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP mode DEFAULT group default \\    link/ether 02:42:ac:11:00:02 brd ff:ff:ff:ff:ff:ff link-netnsid 0
3: wg0: <POINTOPOINT,NOARP> mtu 1420 qdisc noop state DOWN mode DEFAULT group default qlen 1000\\    link/none
4: eth0.100@eth0: <BROADCAST> mtu 9000 qdisc noop state DOWN\\    link/ether 02:42:ac:11:00:03 brd ff:ff:ff:ff:ff:ff`,
		addresses: `1: lo    inet 127.0.0.1/8 scope host lo\\       valid_lft forever preferred_lft forever
1: lo    inet6 ::1/128 scope host \\       valid_lft forever preferred_lft forever
2: eth0    inet 172.17.0.2/16 brd 172.17.255.255 scope global eth0\\       valid_lft forever
2: eth0    inet6 fe80::42:acff:fe11:2/64 scope link \\       valid_lft forever
3: wg0    inet 10.8.0.1 peer 10.8.0.2/32 scope global wg0`,
		route: 'default via 10.8.0.2 dev wg0 metric 500 \ndefault via 172.17.0.1 dev eth0 metric 100 ',
	});
	t.deepEqual(Object.keys(interfaces), ['lo', 'eth0', 'wg0', 'eth0.100']);
	t.deepEqual(interfaces.eth0, {
		ipv4: [{ address: '172.17.0.2', prefix: 16 }],
		ipv6: [{ address: 'fe80::42:acff:fe11:2', prefix: 64 }],
		mac: '02:42:ac:11:00:02',
		mtu: 1500,
		up: true,
	});
	t.like(interfaces.wg0, { ipv4: [{ address: '10.8.0.1', prefix: 32 }], mac: null, up: false, mtu: 1420 });
	t.deepEqual(default_ipv4, { address: '172.17.0.2', interface: 'eth0', gateway: '172.17.0.1' });
	t.deepEqual(all_ipv4, ['172.17.0.2', '10.8.0.1']);
	t.like(facts({}), { interfaces: {}, default_ipv4: null, all_ipv4: [] });
	t.deepEqual(
		facts({ links: '2: e: <UP> mtu 1', route: 'default via 1.2.3.4 dev e src 1.2.3.9' }).default_ipv4,
		{
			address: '1.2.3.9',
			interface: 'e',
			gateway: '1.2.3.4',
		},
	);
});

test('the rest', (t) => {
	t.like(
		facts({
			init: 'systemd',
			selinux: '1',
			python: '/usr/bin/python3',
			date: '2026-11-23T06:00:00Z',
			machine: 'abc',
			passwd: 'anna:x:1000:1000:Anna,,,:/home/anna:/bin/bash',
			features: 'tun\nsystemd',
		}),
		{
			init: 'systemd',
			selinux: 'enforcing',
			python: '/usr/bin/python3',
			date: '2026-11-23T06:00:00Z',
			machine_id: 'abc',
			user: { name: 'anna', uid: 1000, home: '/home/anna', shell: '/bin/bash' },
		},
	);
	t.like(facts({ features: 'tun' }).features, { tun: true, systemd: false, wireguard: false });
	t.like(facts({}), { python: null, selinux: 'disabled' });
});

test('this machine answers in one round trip', async (t) => {
	const session = createSession({ name: 'here', connect: async () => connectLocal({ name: 'here' }) });
	const found = await gatherFacts(session.reader());
	t.is(session.traffic.roundTrips, 1);
	t.regex(found.kernel, /^\d+\.\d+/);
	t.true(found.cpus > 0 && found.memory_mb > 0);
	t.regex(found.date, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
	t.true(found.mounts.some(({ mount }) => mount === '/'));
	t.is(found.user.uid, process.getuid?.() ?? -1);
	t.deepEqual(await gatherBasicFacts(session.reader()), { os: found.os, kernel: found.kernel });
	await session.close();
});
