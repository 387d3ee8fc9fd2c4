import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { tar } from '../../../src/lab/tar.ts';
import unarchive from '../../../src/modules/files/unarchive.ts';
import { stateRows } from '../../rows.ts';

/** An archive of one entry of another type than file or folder. */
function special(path: string, type: string, target = ''): Buffer {
	const header = tar([{ path, mode: 0o644 }]).subarray(0, 512);
	header.write(type, 156);
	header.write(target, 157);
	header.fill(' ', 148, 156);
	header.write(
		`${header
			.reduce((total, byte) => total + byte, 0)
			.toString(8)
			.padStart(6, '0')}\0 `,
		148,
	);
	return header;
}

const archiveOf = (...entries: readonly Buffer[]) => Buffer.concat([...entries, Buffer.alloc(1024)]);
const one = (path: string, content = '') => tar([{ path, content, mode: 0o644 }]).subarray(0, -1024);
const sum = (text: string) => createHash('sha256').update(text).digest('hex');

const site = archiveOf(one('site/'), one('site/a.html', 'hello'), special('site/link', '2', 'a.html'));
const args = { src: 'site.tgz', dest: '/srv' };
const run = { files: { 'site.tgz': gzipSync(site) } };
const upload = `upload /srv/.g2pbook-archive (${gzipSync(site).length} bytes, 0600)`;
const unpacked = {
	'/srv': { type: 'directory' },
	'/srv/site': { type: 'directory' },
	'/srv/site/a.html': 'hello',
	'/srv/site/link': { target: 'a.html' },
	'a.html': 'hello',
} as const;

const refuses = (title: string, archive: Buffer, error: RegExp) => ({
	title: `refuses ${title}`,
	args,
	run: { files: { 'site.tgz': archive } },
	host: { files: { '/srv': { type: 'directory' as const } } },
	error,
});

const lines = [
	'drwxr-xr-x root/root         0 2026-01-02 03:04:05 tool-1/',
	'-rwxr-xr-x 1000/users        4 2026-01-02 03:04:05.123 tool-1/h\\303\\251',
	'lrwxrwxrwx root/root         0 2026-01-02 03:04:05 tool-1/t -> h\\303\\251',
];
const listing = 'tar --list --verbose --full-time --absolute-names --quoting-style=escape --file /opt/t.tar';
const hashing = 'tar --extract --absolute-names --to-command sha256sum --file /opt/t.tar';

export default stateRows(unarchive, [
	{
		title: 'unpacks what lies beside the playbook',
		args,
		run,
		host: { files: {} },
		steps: [
			'mkdir -p /srv',
			upload,
			"script: # unpack … /srv/.g2pbook-archive /srv /srv/.g2pbook-archive '' ''",
		],
	},
	{ title: 'has unpacked it', args, run, host: { files: unpacked } },
	{
		title: 'unpacks again what differs',
		args,
		run,
		host: { files: { ...unpacked, '/srv/site/a.html': 'other' } },
		steps: [upload, "script: # unpack … /srv/.g2pbook-archive /srv /srv/.g2pbook-archive '' ''"],
	},
	{
		title: 'gives everything to its owner',
		args: { ...args, owner: 'web', group: 'web' },
		run,
		host: { files: unpacked },
		steps: [upload, 'script: # unpack … /srv/.g2pbook-archive /srv /srv/.g2pbook-archive web web'],
	},
	{
		title: 'does not look when what it creates is there',
		args: { ...args, creates: '/srv/ready' },
		host: { files: { '/srv': { type: 'directory' }, '/srv/ready': '' } },
	},
	{
		title: 'unpacks what lies on the host, without the first folder',
		args: { src: '/opt/t.tar', dest: '/opt/t', remote_src: true, extra_opts: ['--strip-components=1'] },
		host: {
			files: { '/opt/t': { type: 'directory' }, '/opt/t/hé': 'old' },
			commands: { [listing]: `${lines.join('\n')}\n`, [hashing]: `${sum('tool')}  -\n` },
		},
		steps: ["script: # unpack … /opt/t.tar /opt/t '' '' '' --strip-components=1"],
	},
	{
		title: 'has unpacked it on the host',
		args: { src: '/opt/t.tar', dest: '/opt/t', remote_src: true, extra_opts: ['--strip-components=1'] },
		host: {
			files: { '/opt/t': { type: 'directory' }, '/opt/t/hé': 'tool', '/opt/t/t': { target: 'hé' } },
			commands: { [listing]: `${lines.join('\n')}\n`, [hashing]: `${sum('tool')}  -\n` },
		},
	},
	refuses('an absolute path', archiveOf(one('/etc/passwd', 'x')), /\/etc\/passwd would be written outside/),
	refuses('a way up', archiveOf(one('a/../../b', 'x')), /written outside/),
	refuses('a link that leads out', archiveOf(special('a/l', '2', '../../etc')), /links to .*outside/),
	refuses('an absolute link', archiveOf(special('l', '2', '/etc/shadow')), /links to \/etc\/shadow/),
	refuses('a link that leads out by another', archiveOf(special('l', '2', 'd/../..')), /outside/),
	refuses(
		'a file behind a link of its own',
		archiveOf(special('l', '2', 'd'), one('l/x', 'x')),
		/written through a link/,
	),
	refuses('a hard link that leads out', archiveOf(special('h', '1', '../x')), /links to/),
	refuses('a device', archiveOf(special('null', '3')), /device/),
	refuses('what is no archive', Buffer.alloc(600, 'x'), /no tar archive/),
	{
		title: 'leaves downloads to get_url',
		args: { ...args, src: 'https://example.org/a.tgz' },
		error: /`get_url` first/,
	},
]);
