import file from '../../../src/modules/files/file.ts';
import { stateRows } from '../../rows.ts';

const path = '/srv/x';

export default stateRows(file, [
	{
		title: 'makes a directory with its attributes',
		args: { path, state: 'directory', owner: 'g2p', group: 'web', mode: '750' },
		host: { files: {} },
		steps: ['mkdir -p /srv/x', 'chown g2p:web /srv/x', 'chmod 0750 /srv/x'],
	},
	{
		title: 'changes only what differs',
		args: { path, state: 'directory', owner: 'root', mode: '0700' },
		host: { files: { [path]: { type: 'directory', mode: '0755' } } },
		steps: ['chmod 0700 /srv/x'],
	},
	{
		title: 'sets the mode again after the owner, which takes setuid away',
		args: { path, owner: 'g2p', mode: '4755' },
		host: { files: { [path]: { mode: '4755' } } },
		steps: ['chown g2p /srv/x', 'chmod 4755 /srv/x'],
	},
	{
		title: 'compares an owner that is given by number by number',
		args: { path, owner: 1500, group: '1500' },
		host: { files: { [path]: { owner: 'g2p', group: 'g2p', uid: 1500, gid: 1500 } } },
	},
	{
		title: 'never makes a plain file',
		args: { path },
		host: { files: {} },
		error: /no file at \/srv\/x\n.*use "touch"/,
	},
	{
		title: 'does not turn a file into a directory',
		args: { path, state: 'directory' },
		host: { files: { [path]: '' } },
		error: /is a file, not a directory/,
	},
	{
		title: 'touch makes an empty file and leaves an existing one alone',
		args: { path, state: 'touch', mode: '0600' },
		host: { files: {} },
		steps: ['upload /srv/x (0 bytes, 0600)'],
	},
	{
		title: 'touch takes anything that exists',
		args: { path, state: 'touch' },
		host: { files: { [path]: { type: 'directory' } } },
	},
	{
		title: 'follows a link to the directory that is meant',
		args: { path, state: 'directory', mode: '0700' },
		host: { files: { [path]: { target: '/data' }, '/data': { type: 'directory', mode: '0755' } } },
		steps: ['chmod 0700 /srv/x'],
	},
	{
		title: 'links',
		args: { path, state: 'link', src: 'releases/3', owner: 'g2p' },
		host: { files: {} },
		steps: ['ln -sfn releases/3 /srv/x', 'chown -h g2p /srv/x'],
	},
	{
		title: 'links elsewhere',
		args: { path, state: 'link', src: 'releases/3' },
		host: { files: { [path]: { target: 'releases/2' } } },
		steps: ['ln -sfn releases/3 /srv/x'],
	},
	{
		title: 'a link does not replace a file unless forced',
		args: { path, state: 'link', src: '/opt/y' },
		host: { files: { [path]: 'text' } },
		error: /is a file, not a link\n`force: true`/,
	},
	{
		title: 'a forced link replaces an empty directory, never a full one',
		args: { path, state: 'link', src: '/opt/y', force: true },
		host: { files: { [path]: { type: 'directory' } } },
		steps: ['rmdir /srv/x', 'ln -sfn /opt/y /srv/x'],
	},
	{
		title: 'a hard link is the same file',
		args: { path, state: 'hard', src: '/opt/y', force: true },
		host: { files: { [path]: 'text' }, commands: { 'test /srv/x -ef /opt/y': { code: 1 } } },
		steps: ['ln -f /opt/y /srv/x'],
	},
	{
		title: 'removes with everything inside',
		args: { path, state: 'absent' },
		host: { files: { [path]: { type: 'directory' } } },
		steps: ['rm -rf /srv/x'],
	},
	{ title: 'is glad that nothing is there', args: { path, state: 'absent' }, host: { files: {} } },
	{
		title: 'does not remove the whole system',
		args: { path: '/..//', state: 'absent' },
		host: { files: { '/..//': { type: 'directory' } } },
		error: /whole system/,
	},
	{
		title: 'looks below a directory and corrects it in one go',
		args: { path, state: 'directory', owner: 'g2p', mode: '0750', recurse: true },
		host: {
			files: { [path]: { type: 'directory', owner: 'g2p', mode: '0750' } },
			commands: {
				"find /srv/x/ '(' '!' -user g2p -o '!' -type l '!' -perm 0750 ')' -print -quit": '/srv/x/a\n',
			},
		},
		steps: ['chown -h -R g2p /srv/x/', 'chmod -R 0750 /srv/x/'],
	},
	{
		title: 'a link needs to know where it points',
		args: { path, state: 'link' },
		error: /`src` goes with state `link`/,
	},
	{ title: 'wants quoted modes', args: { path, mode: '9' }, error: /quoted octal/ },
]);
