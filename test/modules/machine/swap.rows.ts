import swap from '../../../src/modules/machine/swap.ts';
import { stateRows } from '../../rows.ts';

const head = 'Filename\tType\tSize\tUsed\tPriority\n';
const used = `${head}/dev/sda2 partition 1 0 -2\n/swapfile file 1 0 -3\n`;
const fstab = 'UUID=1 / ext4 defaults 0 1\n/dev/sda2 none swap sw 0 0\n';
const reload = 'if { test -d /run/systemd/system; }; then systemctl daemon-reload; fi';
const on =
	'{ { swapon /swapfile; } >/dev/null 2>&1; } || { { mkswap /swapfile; } && { swapon /swapfile; }; }';
const file = { '/swapfile': { size: 2 ** 31 } };
const entry = '/swapfile none swap sw 0 0\n';
const upload = (content: string) => ({ step: `upload /etc/fstab (${content.length} bytes)`, content });

export default stateRows(swap, [
	{
		title: 'makes a file and uses it',
		args: { path: '/swapfile', size: '2G' },
		host: { files: { '/proc/swaps': head, '/etc/fstab': fstab } },
		steps: [
			'install -m 0600 /dev/null /swapfile',
			'dd if=/dev/zero of=/swapfile bs=1M count=2048 status=none',
			'chmod 0600 /swapfile',
			'mkswap /swapfile',
			on,
			upload(fstab + entry),
			reload,
		],
	},
	{
		title: 'is content when it is in use',
		args: { path: '/swapfile', size: 2048 },
		host: { files: { '/proc/swaps': used, '/etc/fstab': fstab + entry, ...file } },
	},
	{
		title: 'uses a file again that was turned off',
		args: { path: '/swapfile', size: '2 GiB' },
		host: { files: { '/proc/swaps': head, '/etc/fstab': entry, ...file } },
		steps: [on],
	},
	{
		title: 'removes a file',
		args: { path: '/swapfile', state: 'absent' },
		host: { files: { '/proc/swaps': used, '/etc/fstab': fstab + entry, ...file } },
		steps: ['swapoff /swapfile', 'rm -f /swapfile', upload(fstab), reload],
	},
	{
		title: 'turns off all swap, for Kubernetes',
		args: { state: 'absent' },
		host: { files: { '/proc/swaps': used, '/etc/fstab': fstab } },
		steps: [
			'swapoff --all',
			upload('UUID=1 / ext4 defaults 0 1\n# turned off by g2pbook: /dev/sda2 none swap sw 0 0\n'),
			reload,
		],
	},
	{
		title: 'has nothing to turn off',
		args: { state: 'absent' },
		host: { files: { '/proc/swaps': head, '/etc/fstab': '# /dev/sda2 none swap sw 0 0\n' } },
	},
	{ title: 'needs a size', args: { path: '/swapfile' }, error: /needs `path` and `size`/ },
	{ title: 'knows a size', args: { path: '/swapfile', size: 'big' }, error: /512M or 2G/ },
]);
