import type { ExecutionContext } from 'ava';
import type { TestLab } from '../../../test/fixtures/containers/lab.ts';
import type { Again } from '../../../test/fixtures/containers/role-test.ts';
import { folder, writeReadDelete } from './lab.ts';

const ours = '# Written by g2pbook, role nfs';

/** What a name of before has left goes in the run that changes it, unless it has files of users. */
export async function renames(t: ExecutionContext, lab: TestLab, again: Again): Promise<void> {
	const refused = async (name: string, vars: Readonly<Record<string, unknown>>, words: RegExp) => {
		const { code, stdout } = await again(name, { ...vars, nfs_probe_seconds: 3 });
		t.is(code, 2, name);
		t.regex(stdout.replaceAll(/\s+/g, ' '), words);
	};

	const converges = async (name: string, vars: Readonly<Record<string, unknown>>) => {
		const { code, stdout } = await again(name, vars);
		t.is(code, 0, `${name}\n${stdout}`);
	};

	const elsewhere = '/srv/nfs/elsewhere';
	await lab.output('storage1', `mkdir -p ${folder}/volume/deep`);
	await refused(
		'another folder, with files in the old one',
		{ nfs_export_path: elsewhere },
		/\/srv\/nfs\/g2p \(\/srv\/nfs\/g2p\/volume .*Move the files to where they will be served \(\/srv\/nfs\/elsewhere\)/,
	);
	await refused('another group', { nfs_server_group: 'nobody' }, /is no longer in the group nobody/);
	t.is(await writeReadDelete(lab, 'compute1'), 'same', 'it serves as before');
	await lab.output('storage1', `rm -r ${folder}/volume`);
	await converges('another folder', { nfs_export_path: elsewhere });
	t.is((await lab.output('storage1', 'ls /srv/nfs')).trim(), 'elsewhere');
	t.is(await writeReadDelete(lab, 'compute1', elsewhere), 'same');
	await converges('another group', { nfs_export_path: elsewhere, nfs_server_group: 'nobody' });
	t.is(await left(lab), '', 'nothing is left of a server');
	t.is((await lab.output('storage1', 'ls /srv/nfs')).trim(), '');

	// As if the kernel had served before; here it has no NFS.
	await refused('a server that is not there', { nfs_server_kind: 'kernel' }, /has no NFS server/);
	await lab.output(
		'storage1',
		`mkdir -p /etc/exports.d /etc/nfs.conf.d; echo '${ours}' | tee /etc/nfs.conf.d/g2pbook.conf >/etc/exports.d/g2p.exports
echo '${folder} 192.0.2.7(rw)' >>/etc/exports.d/g2p.exports; systemctl mask --now rpc-statd.service`,
	);
	await lab.output(
		'compute1',
		`echo '192.0.2.7:/srv/old /mnt/old/store nfs4 hard,x-g2pbook=nfs 0 0' >>/etc/fstab`,
	);
	await converges('Ganesha in place of the kernel', {});
	t.is((await lab.run('storage1', 'ls /etc/exports.d/g2p.exports /etc/nfs.conf.d/g2pbook.conf')).code, 2);
	t.is((await lab.output('storage1', 'systemctl is-enabled rpc-statd.service || true')).trim(), 'static');
	t.is((await lab.run('compute1', 'grep x-g2pbook=nfs /etc/fstab')).code, 1, 'nor is it mounted any more');
	t.is(await writeReadDelete(lab, 'compute1'), 'same');
}

/** What is there of a server of this role: files, listeners, masked units. */
export const left = async (lab: TestLab): Promise<string> =>
	(
		await lab.output(
			'storage1',
			`ls /etc/ganesha/ganesha.conf /etc/systemd/system/nfs-ganesha.service.d/g2pbook.conf /etc/sysctl.d/90-g2pbook-nfs.conf 2>/dev/null
ss -Htlnp 'sport = :2049'; systemctl list-unit-files --state=masked --no-legend | grep -E 'rpcbind|ganesha'
systemctl show --property Restart nfs-ganesha | grep -v '=no$'; true`,
		)
	).trim();
