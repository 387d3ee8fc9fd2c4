import { writeFile } from 'node:fs/promises';
import test from 'ava';
import { play } from '../../../test/fixtures/containers/command-line.ts';
import { differences, fingerprint } from '../../../test/fixtures/containers/fingerprint.ts';
import { imagesOf } from '../../../test/fixtures/containers/images.ts';
import { startLab, type TestLab } from '../../../test/fixtures/containers/lab.ts';
import { leaveListener, listenersEnd } from './listeners.ts';

/** What is broken, by hand or in the inventory, and what is said of it. Hosts are small, so sizes are wishes. */
const problems: readonly RegExp[] = [
	/^rp1: \[cpus\] has \d+ processors, and needs 999$/m,
	/^rp1: \[memory\] has \d+ GB of memory, and needs 9999$/m,
	/^rp1: \[disk\] has disks of \d+ GB, and needs 99999$/m,
	/^compute1: \[space\] has \d+ GB free on \/, and needs 99999 for \/var\/lib\/rancher/m,
	/^compute1: \[fsync\] takes [\d.]+ ms to make a small write safe where etcd will be, and etcd needs 0 or less/m,
	/^compute1: \[networks\] these overlap: pods and services \(10\.42\.0\.0\/16\) and the tunnel \(10\.42\.7\.1\/24\)/m,
	/^compute1: \[reach\] gets no answer from .*postgres on storage1.*: open these/m,
	/^storage1: \[reach\] gets no answer from wireguard on rp1: open these/m,
	/^compute1: \[reach\] is refused by nfs on storage1, where something listens: a firewall rejects it/m,
	/^rp1: \[names\] finds no address for no-such-name\.invalid: see its name servers/m,
	/^rp1: \[egress\] cannot connect to localhost:9: let it out/m,
	/^rp1: \[mtu\] takes packets of 1400 bytes, and compute1, storage1(, Bad_Name)? larger ones/m,
	/^rp1: \[unique\] has the host name or the machine id of storage1(, Bad_Name)?, as clones do/m,
	/^storage1: \[unique\] has the host name or the machine id of rp1/m,
	/^rp1: \[ports\] these ports are wanted, and somebody has them: tcp\/80=systemd-socket-\. Stop/m,
	/^Bad_Name: \[name\] its name is no name for a Kubernetes node/m,
	/^Bad_Name: \[address\] the others reach it at 192\.0\.2\.7, which none of its interfaces has/m,
];

const hosts = [
	{ name: 'rp1', groups: ['reverse_proxy'] },
	{ name: 'compute1', groups: ['rke2_servers'] },
	{ name: 'storage1', groups: ['storage'] },
];
const { life, other } = imagesOf('preflight');

function playOf(lab: TestLab) {
	const playbook = `${lab.folder}-preflight.yml`;
	const run = async (vars: Readonly<Record<string, unknown>>, ...words: readonly string[]) =>
		await roles(['preflight'], vars, ...words);
	const roles = async (
		names: readonly string[],
		vars: Readonly<Record<string, unknown>>,
		...words: readonly string[]
	) => {
		const common = { become: true, vars: { preflight_least: {}, preflight_free_gb: {}, ...vars } };
		await writeFile(
			playbook,
			JSON.stringify([
				{ ...common, hosts: 'all', roles: names },
				{ ...common, hosts: 'all', tasks: [{ copy: { dest: '/root/begun', content: '' } }] },
			]),
		);
		return await play(playbook, lab.folder, words);
	};
	return { playbook, run, roles };
}

test.serial(`role preflight on ${life}`, async (t) => {
	t.timeout(10 * 60_000);
	const lab = await startLab(t, hosts, life);
	const { playbook, run } = playOf(lab);
	const before = await Promise.all(lab.hosts.map(fingerprint));
	const quiet = await run({}, '--check');
	t.is(quiet.code, 0, quiet.stdout + quiet.stderr);
	await listenersEnd(t, lab, playbook);

	await lab.output('rp1', 'systemd-run --quiet systemd-socket-activate --accept --listen=80 cat');
	await lab.output('storage1', 'cat /etc/machine-id >/root/own-id; hostname rp1');
	await lab.output('rp1', 'ip link set eth0 mtu 1400');
	for (const [name, rule] of [
		['compute1', 'OUTPUT -p tcp --dport 5432 -j DROP'],
		['storage1', 'INPUT -p tcp --dport 2049 -j REJECT --reject-with tcp-reset'],
		['rp1', 'INPUT -p udp --dport 51820 -j DROP'],
	] as const) {
		await lab.output(name, `apt-get install -yq iptables && iptables -A ${rule}`);
	}

	const broken = await Promise.all(lab.hosts.map(fingerprint));
	const more = `${lab.folder}-more.yml`;
	await writeFile(
		more,
		JSON.stringify({
			all: { vars: { wireguard_address: '10.42.7.1/24' } },
			rke2_agents: {
				hosts: { Bad_Name: { ansible_host: lab.address('storage1'), private_address: '192.0.2.7' } },
			},
		}),
	);
	await leaveListener(lab);
	const refused = await run(
		{
			preflight_least: { reverse_proxy: { cpus: 999, memory_gb: 9999, disk_gb: 99_999 } },
			preflight_free_gb: { rke2_servers: 99_999 },
			preflight_fsync_ms: 0,
			preflight_names: [
				'localhost',
				'no-such-name.invalid:443',
				'localhost:9',
				`${lab.address('storage1')}:22`,
			],
		},
		...['-i', more],
	);
	t.is(refused.code, 5, refused.stdout + refused.stderr);
	for (const problem of problems) {
		t.regex(refused.stdout.replaceAll(/^ +/gm, ''), problem);
	}

	t.notRegex(refused.stdout, /finds no address for localhost/);
	t.regex(refused.stdout, /nothing was changed on any host/);
	for (const { name } of lab.hosts) {
		t.is((await lab.output(name, 'ss -Hltunp')).match(/g2pbook-look/), null, 'nobody listens any longer');
	}

	const after = await Promise.all(lab.hosts.map(fingerprint));
	for (const [index, { name }] of lab.hosts.entries()) {
		t.deepEqual(
			differences(before[index] ?? new Map(), broken[index] ?? new Map()).filter((line) =>
				line.includes('begun'),
			),
			[],
		);
		t.deepEqual(differences(broken[index] ?? new Map(), after[index] ?? new Map()), [], name);
	}
});

if (other !== life) {
	test.serial(`role preflight on ${other}, where nothing is wrong`, async (t) => {
		t.timeout(10 * 60_000);
		const lab = await startLab(
			t,
			hosts.map((host) => (host.name === 'storage1' ? { ...host, groups: [] } : host)),
			other,
		);
		const { run, roles } = playOf(lab);
		const { code, stdout, stderr } = await roles(['preflight', 'firewall'], {});
		t.is(code, 0, stdout + stderr);

		// The firewalls do not know yet what it is to become: that is no reason to stop.
		const more = `${lab.folder}-more.yml`;
		await writeFile(more, JSON.stringify({ storage: { hosts: { storage1: null } } }));
		const added = await run({}, '-i', more);
		t.is(added.code, 0, added.stdout + added.stderr);
	});
}
