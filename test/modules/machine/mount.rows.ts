import mount from '../../../src/modules/machine/mount.ts';
import { stateRows } from '../../rows.ts';

const root = '# by hand\nUUID=1 / ext4 errors=remount-ro 0 1\n';
const entry = 'db:/srv /mnt/x nfs4 hard 0 0\n';
const args = { path: '/mnt/x', src: 'db:/srv', fstype: 'nfs4', opts: 'hard' };
const host = (fstab: string, mounted: boolean) => ({
	files: {
		'/etc/fstab': fstab,
		'/proc/self/mounts': `/dev/sda1 / ext4 rw 0 0\n${mounted ? 'db:/srv /mnt/x nfs4 rw,hard 0 0\n' : ''}`,
	},
});
const upload = (content: string) => ({ step: `upload /etc/fstab (${content.length} bytes)`, content });
const reload = 'if { test -d /run/systemd/system; }; then systemctl daemon-reload; fi';

export default stateRows(mount, [
	{
		title: 'writes the fstab and mounts',
		args: { ...args, state: 'mounted' },
		host: host(root, false),
		steps: [upload(root + entry), reload, 'mkdir -p /mnt/x', 'mount /mnt/x'],
	},
	{
		title: 'is content when both are so, however the line is spaced',
		args: { ...args, state: 'mounted' },
		host: host(`${root}db:/srv\t/mnt/x/  nfs4 hard\n`.replace('/mnt/x/', '/mnt/x'), true),
	},
	{
		title: 'mounts what somebody unmounted',
		args: { ...args, state: 'mounted' },
		host: host(root + entry, false),
		steps: ['mkdir -p /mnt/x', 'mount /mnt/x'],
	},
	{
		title: 'remounts for other options',
		args: { ...args, state: 'mounted', opts: 'soft' },
		host: host(root + entry, true),
		steps: [upload(`${root}db:/srv /mnt/x nfs4 soft 0 0\n`), reload, 'mount -o remount /mnt/x'],
	},
	{
		title: 'mounts anew from another source',
		args: { ...args, state: 'mounted', src: 'db2:/srv' },
		host: host(entry + root, true),
		steps: [
			'umount /mnt/x',
			upload(`db2:/srv /mnt/x nfs4 hard 0 0\n${root}`),
			reload,
			'mkdir -p /mnt/x',
			'mount /mnt/x',
		],
	},
	{
		title: 'only writes',
		args: { ...args, state: 'present', src: '//nas/my share', passno: 2 },
		host: host(root, false),
		steps: [upload(`${root}//nas/my\\040share /mnt/x nfs4 hard 0 2\n`), reload],
	},
	{
		title: 'only mounts',
		args: { ...args, state: 'ephemeral' },
		host: host(root, false),
		steps: ['mkdir -p /mnt/x', 'mount -t nfs4 -o hard db:/srv /mnt/x'],
	},
	{
		title: 'only unmounts',
		args: { path: '/mnt/x', state: 'unmounted' },
		host: host(root + entry, true),
		steps: ['umount /mnt/x'],
	},
	{
		title: 'removes everything',
		args: { path: '/mnt/x', state: 'absent' },
		host: host(root + entry, true),
		steps: [
			'umount /mnt/x',
			upload(root),
			reload,
			'if { test -d /mnt/x; }; then rmdir --ignore-fail-on-non-empty /mnt/x; fi',
		],
	},
	{ title: 'has nothing to remove', args: { path: '/mnt/x', state: 'absent' }, host: host(root, false) },
	{
		title: 'remounts whenever asked',
		args: { path: '/mnt/x', state: 'remounted' },
		host: host(root + entry, true),
		steps: ['mount -o remount /mnt/x'],
	},
	{
		title: 'needs to know what to mount',
		args: { path: '/mnt/x', state: 'mounted' },
		error: /needs `src` and `fstype`/,
	},
]);
