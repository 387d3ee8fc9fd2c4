import type { ExecutionContext } from 'ava';
import test from 'ava';
import type { TestLab } from '../../../test/fixtures/containers/lab.ts';
import { type Again, roleTest } from '../../../test/fixtures/containers/role-test.ts';
import { folder, hosts, pattern, prepare, vars, writeReadDelete } from './lab.ts';
import { left } from './renames.ts';

/** A server that gives no answer is noticed in time. */
async function hanging(t: ExecutionContext, lab: TestLab, again: Again): Promise<void> {
	const rule = `OUTPUT -p tcp --dport 2049 -j DROP`;
	await lab.output('compute1', `apt-get install -yq iptables && iptables -A ${rule}`);
	const started = Date.now();
	const { code, stdout } = await again('a firewall in between', { nfs_probe_seconds: 5 });
	t.is(code, 2);
	t.true(Date.now() - started < 60_000);
	t.regex(
		stdout.replaceAll(/\s+/g, ' '),
		/not possible to read a file of .* do the firewalls between let 2049/,
	);
	await lab.output('compute1', `iptables -D ${rule}`);
}

/** Nobody's files are taken away while they are used. */
async function inUse(t: ExecutionContext, lab: TestLab, again: Again): Promise<void> {
	const server = lab.address('storage1');
	const hold = `exec 3<>/dev/tcp/${server}/2049 && sleep 600`;
	await lab.output('compute1', `systemd-run --quiet --unit hold bash -c '${hold}'`);
	const { code, stdout } = await again('removal while it is used', { nfs_state: 'absent' });
	t.is(code, 2);
	t.true(stdout.includes('still in use over NFS') && stdout.includes(lab.address('compute1')), stdout);
	await lab.output('compute1', 'systemctl stop hold; nft list table inet g2p_nfs');
	t.is((await lab.output('compute1', 'sysctl -n net.ipv4.ip_unprivileged_port_start')).trim(), '1024');
	t.is(await writeReadDelete(lab, 'compute1'), 'same', 'it still serves');
}

/** Nobody has to come: it serves again by itself. */
async function crashed(t: ExecutionContext, lab: TestLab): Promise<void> {
	const before = (await lab.output('storage1', 'pidof ganesha.nfsd')).trim();
	await lab.output('storage1', `kill -9 ${before}`);
	const started = Date.now();
	t.is(await writeReadDelete(lab, 'compute1'), 'same');
	t.true(Date.now() - started < 30_000);
	t.not((await lab.output('storage1', 'pidof ganesha.nfsd')).trim(), before);
}

/** Where the kernel has NFS, clients mount it; where it has none, that is said before anything is tried. */
async function mounted(t: ExecutionContext, lab: TestLab, again: Again): Promise<void> {
	const has = await lab.run('compute1', 'grep -qw nfs4 /proc/filesystems || modinfo -n nfs');
	const { code, stdout } = await again('mounted by the kernel', { nfs_mount: '/mnt/g2p' });
	if (has.code === 0) {
		t.is(code, 0, stdout);
		t.regex(await lab.output('compute1', 'findmnt -n -t nfs4 /mnt/g2p/storage1'), /storage1/);
		return;
	}

	t.is(code, 2);
	t.regex(stdout.replaceAll(/\s+/g, ' '), /nfs_mount is set, and the kernel of compute1 .* has no NFS/);
	t.is((await lab.run('compute1', 'grep g2p /etc/fstab')).code, 1);
}

roleTest(test, {
	role: 'nfs',
	hosts,
	pattern,
	vars,
	prepare,

	async verify(t, lab) {
		t.is(await writeReadDelete(lab, 'compute1'), 'same');
		t.deepEqual((await lab.output('storage1', `ls ${folder}`)).trim().split('\n'), ['README']);
		const url = `nfs://${lab.address('storage1')}${folder}/README?version=4`;
		t.regex(await lab.output('backup1', `nfs-cat '${url}'`), /^Files of the OpenG2P cluster/);
		const written = await lab.run('backup1', `python3 /root/client.py ${lab.address('storage1')} ${folder}`);
		t.is(written.code, 1, 'who backs up reads only');
		t.regex(written.stderr, /^create: /);
		const listening = await lab.output('storage1', "ss -Htln | awk '{print $4}' | grep -v ^127");
		t.deepEqual(
			[...new Set(listening.match(/\d+$/gm))].sort(),
			['2049', '22'],
			'nothing listens for older versions',
		);
		const refused = await lab.run(
			'stranger1',
			`python3 /root/client.py ${lab.address('storage1')} ${folder}`,
		);
		t.is(refused.code, 1);
		t.regex(refused.stderr, /^mount: /);
	},

	async change(t, lab, again) {
		const removed = await again('a host that is no longer a client', { nfs_client_groups: ['backup'] });
		t.is(removed.code, 0, removed.stdout);
		const gone = await lab.run('compute1', `python3 /root/client.py ${lab.address('storage1')} ${folder}`);
		t.is(gone.code, 1, 'loses access at once');
		t.is((await again('and is one again', {})).code, 0);
		t.is(await writeReadDelete(lab, 'compute1'), 'same');

		for (const [name, vars, words] of [
			['a folder that cannot be served', { nfs_export_path: '/root/files' }, /Mount a disk of its own/],
			['a disk that is not mounted', { nfs_export_disk: '/srv/nfs' }, /nothing is\s+mounted there/],
		] as const) {
			const refused = await again(name, { ...vars, nfs_probe_seconds: 3 });
			t.is(refused.code, 2, name);
			t.regex(refused.stdout, words);
			t.is(await writeReadDelete(lab, 'compute1'), 'same');
		}

		t.regex(
			await lab.output('storage1', 'systemctl show --property RequiresMountsFor nfs-ganesha'),
			/=(.* )?\/srv( |$)/m,
		);
		await crashed(t, lab);
		await inUse(t, lab, again);
		await hanging(t, lab, again);
		await mounted(t, lab, again);
	},

	removal: {
		vars: { nfs_state: 'absent' },
		async verify(t, lab) {
			const gone = await lab.run('compute1', `python3 /root/client.py ${lab.address('storage1')} ${folder}`);
			t.is(gone.code, 1);
			t.is((await lab.output('storage1', `ls ${folder}`)).trim(), 'README', 'the files stay');
			t.is(await left(lab), '');
			const rest =
				'ls /etc/sysctl.d/90-g2pbook-nfs.conf /etc/g2pbook/nfs-pods.nft; nft list table inet g2p_nfs';
			t.is((await lab.run('compute1', rest)).stdout, '');
		},
	},

	drift: [
		{
			name: 'everybody was let in by hand',
			break: (lab) =>
				lab.output('storage1', "sed -i 's/Access_Type = None/Access_Type = RW/' /etc/ganesha/ganesha.conf"),
			repairs: [/Write the exports/],
		},
		{
			name: 'it runs, and listens elsewhere',
			break: (lab) =>
				lab.output(
					'storage1',
					`cd /etc/ganesha; cp -a ganesha.conf saved; sed -i '0,/Protocols = 4;/s//& NFS_Port = 2050;/' ganesha.conf
systemctl restart nfs-ganesha; until ss -Htln 'sport = :2050' | grep -q .; do sleep 0.2; done; mv saved ganesha.conf`,
				),
			repairs: [/does not do what its file says/],
		},
		{
			name: 'a package that is half installed, and a drop-in that is not its own any more',
			break: (lab) =>
				lab.output(
					'storage1',
					`systemctl disable --now nfs-ganesha; cd /root; apt-get download -q nfs-ganesha; dpkg --unpack nfs-ganesha_*.deb
rm /etc/systemd/system/nfs-ganesha.service.d/g2pbook.conf; systemctl daemon-reload`,
				),
			repairs: [/Install Ganesha/, /come back after a crash/, /Start the server/],
		},
		{
			name: 'low ports were given to everybody, and pods let through',
			break: (lab) =>
				lab.output('compute1', 'sysctl -w net.ipv4.ip_unprivileged_port_start=0; nft flush ruleset'),
			repairs: [/Keep low ports for root/, /Keep pods away from the servers/],
		},
		{
			name: 'the folder was opened',
			break: (lab) => lab.output('storage1', `chmod 0777 ${folder}`),
			repairs: [/Make the exported folder/],
		},
	],
});
