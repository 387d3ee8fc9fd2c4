import { createHash } from 'node:crypto';
import user from '../../../src/modules/accounts/user.ts';
import { Secret } from '../../../src/shell/secret.ts';
import { stateRows } from '../../rows.ts';

const hash = '$6$salt$hashed/text.';
const fingerprint = (text: string) => `${createHash('sha256').update(`${text}\n`).digest('hex')}  -\n`;
const field = '{ getent shadow g2p; } | { cut -d : -f 2; }';
const shadow = (stored: string, locked = false) => ({
	[`{ ${field}; } | { sed 's/^!*//'; } | { sha256sum; }`]: fingerprint(stored),
	[`{ ${field}; } | { grep -c '^!'; }`]: locked ? '1\n' : { code: 1, stdout: '0\n' },
});
const host = {
	users: { g2p: { uid: 1500, primaryGroup: 'g2p', groups: ['adm', 'sudo'], home: '/home/g2p' } },
};

export default stateRows(user, [
	{
		title: 'creates, and joins a group of the same name when there is one',
		args: { name: 'new', uid: 1600, groups: 'sudo, adm', shell: '/bin/bash', comment: 'A b' },
		host,
		steps: [
			'if { { getent group new; } >/dev/null 2>&1; }; then ' +
				"useradd --create-home --uid 1600 --gid new --groups adm,sudo --shell /bin/bash --comment 'A b' new; else " +
				"useradd --create-home --uid 1600 --groups adm,sudo --shell /bin/bash --comment 'A b' new; fi",
		],
	},
	{
		title: 'creates a system user without home',
		args: { name: 'new', system: true, create_home: false, group: 'web', home: '/srv' },
		host,
		steps: ['useradd --no-create-home --system --gid web -d /srv new'],
	},
	{ title: 'leaves alone what is not asked for', args: { name: 'g2p', group: 'g2p' }, host },
	{
		title: 'changes only what differs',
		args: { name: 'g2p', uid: 1500, shell: '/bin/bash', home: '/srv/g2p', move_home: true },
		host: { ...host, files: {} },
		steps: ['usermod --shell /bin/bash -d /srv/g2p --move-home g2p', 'mkhomedir_helper g2p'],
	},
	{
		title: 'makes a home that is named and not there, as after a useradd that was cut off',
		args: { name: 'g2p', home: '/home/g2p' },
		host: { ...host, files: {} },
		steps: ['mkhomedir_helper g2p'],
	},
	{
		title: 'is content with a home that is there',
		args: { name: 'g2p', home: '/home/g2p' },
		host: { ...host, files: { '/home/g2p': { type: 'directory' } } },
	},
	{
		title: 'makes no home that is not wanted',
		args: { name: 'g2p', home: '/home/g2p', create_home: false },
		host,
	},
	{
		title: 'compares a group that is given by number by number',
		args: { name: 'g2p', group: 1000 },
		host,
	},
	{
		title: 'appends groups',
		args: { name: 'g2p', groups: ['web'], append: true },
		host,
		steps: ['usermod --groups adm,sudo,web g2p'],
	},
	{ title: 'has nothing to append', args: { name: 'g2p', groups: ['sudo'], append: true }, host },
	{
		title: 'replaces groups',
		args: { name: 'g2p', groups: ['sudo', 'g2p'] },
		host,
		steps: ['usermod --groups sudo g2p'],
	},
	{
		title: 'takes him out of all groups',
		args: { name: 'g2p', groups: [] },
		host,
		steps: ["usermod --groups '' g2p"],
	},
	{
		title: 'sets a password by stdin only',
		args: { name: 'g2p', password: new Secret(hash) },
		host: { ...host, commands: shadow('$6$other$text') },
		steps: [{ step: 'chpasswd --encrypted (stdin: ••••••)', content: `g2p:${hash}\n` }],
	},
	{
		title: 'keeps the same password',
		args: { name: 'g2p', password: hash, password_lock: false },
		host: { ...host, commands: shadow(hash) },
	},
	{
		title: 'keeps another password that was there before',
		args: { name: 'g2p', password: hash, update_password: 'on_create' },
		host: { ...host, commands: shadow('$6$other$text') },
	},
	{
		title: 'locks again after a new password',
		args: { name: 'g2p', password: hash, password_lock: true },
		host: { ...host, commands: shadow('$6$other$text', true) },
		steps: ['chpasswd --encrypted (stdin: ••••••)', 'usermod --lock g2p'],
	},
	{
		title: 'unlocks',
		args: { name: 'g2p', password_lock: false },
		host: { ...host, commands: shadow(hash, true) },
		steps: ['usermod --unlock g2p'],
	},
	{
		title: 'refuses a plain password',
		args: { name: 'g2p', password: 'swordfish' },
		error: /openssl passwd -6/,
	},
	{
		title: 'deletes with his home',
		args: { name: 'g2p', state: 'absent', remove: true },
		host,
		steps: ['userdel --remove g2p'],
	},
	{ title: 'does not miss who is absent', args: { name: 'old', state: 'absent' }, host },
]);
