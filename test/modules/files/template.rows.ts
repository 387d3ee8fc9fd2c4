import template from '../../../src/modules/files/template.ts';
import { Secret } from '../../../src/shell/secret.ts';
import { stateRows } from '../../rows.ts';

const args = { src: 'a.conf', dest: '/etc/a.conf' };
const run = { templates: { 'a.conf': 'port = 1\n' } };

export default stateRows(template, [
	{
		title: 'creates',
		args: { ...args, mode: '0640', owner: 'root', group: 'g2p' },
		run,
		host: { files: {} },
		steps: [{ step: 'upload /etc/a.conf (9 bytes, 0640, root:g2p)', content: 'port = 1\n' }],
		detail: [{ name: '/etc/a.conf', before: '', after: 'port = 1\n' }],
	},
	{
		title: 'makes the folder when the path ends with /',
		args: { ...args, dest: '/etc/a/' },
		run,
		host: { files: {} },
		steps: ['mkdir -p /etc/a/', 'upload /etc/a/a.conf (9 bytes)'],
		result: {
			dest: '/etc/a/a.conf',
			sha256: 'a512046503d7fca82f59d5d02e627becbdde094e5863f8951a6e709016186d84',
		},
	},
	{
		title: 'takes the name of the template in a folder that is there',
		args: { ...args, dest: '/etc' },
		run,
		host: { files: { '/etc': { type: 'directory' } } },
		steps: ['upload /etc/a.conf (9 bytes)'],
	},
	{
		title: 'only the mode differs',
		args: { ...args, mode: '0644' },
		run,
		host: { files: { '/etc/a.conf': { content: 'port = 1\n', mode: '0600' } } },
		steps: ['chmod 0644 /etc/a.conf'],
		detail: [],
	},
	{
		title: 'the content differs',
		args: { ...args, validate: 'check %s', backup: true },
		run,
		host: { files: { '/etc/a.conf': 'port = 2\n' } },
		steps: ['upload /etc/a.conf (9 bytes, validate: check %s, backup)'],
		detail: [{ name: '/etc/a.conf', before: 'port = 2\n', after: 'port = 1\n' }],
	},
	{ title: 'nothing to do', args, run, host: { files: { '/etc/a.conf': 'port = 1\n' } } },
	{
		title: 'replaces a link by a file',
		args,
		run,
		host: { files: { '/etc/a.conf': { target: '/srv/a' }, '/srv/a': 'port = 1\n' } },
		steps: ['upload /etc/a.conf.g2pbook-new (9 bytes)', 'mv -f /etc/a.conf.g2pbook-new /etc/a.conf'],
	},
	{
		title: 'leaves a file alone when not forced',
		args: { ...args, force: false },
		run,
		host: { files: { '/etc/a.conf': 'mine\n' } },
	},
	{
		title: 'compares a secret without showing it',
		args,
		run: { templates: { 'a.conf': new Secret('password = x\n') } },
		host: { files: { '/etc/a.conf': 'old\n' } },
		steps: [{ step: 'upload /etc/a.conf (••••••)', content: 'password = x\n' }],
	},
	{ title: 'validate needs %s', args: { ...args, validate: 'visudo -c' }, error: /write %s/ },
]);
