import { createHash } from 'node:crypto';
import copy from '../../../src/modules/files/copy.ts';
import { Secret } from '../../../src/shell/secret.ts';
import { stateRows } from '../../rows.ts';

const notFiles = String.raw`find . '!' -name . -type d -exec printf 'd  %s\n' '{}' + -o -type l -exec sh -c 'for l; do printf "l  %s\t%s\n" "$l" "$(readlink "$l")"; done' sh '{}' +`;
const folders = { site: { 'index.html': 'hello', 'css/a.css': 'body' } };
const sum = (text: string) => createHash('sha256').update(text).digest('hex');

export default stateRows(copy, [
	{
		title: 'writes a text',
		args: { content: 'a=1\n', dest: '/etc/a', mode: '0600' },
		host: { files: {} },
		steps: [{ step: 'upload /etc/a (4 bytes, 0600)', content: 'a=1\n' }],
		detail: [{ name: '/etc/a', before: '', after: 'a=1\n' }],
	},
	{
		title: 'writes a number that a template kept as one',
		args: { content: 8080, dest: '/etc/port' },
		host: { files: { '/etc/port': '8080' } },
	},
	{
		title: 'writes a secret unseen',
		args: { content: new Secret('s3cret'), dest: '/etc/a' },
		host: { files: {} },
		steps: [{ step: 'upload /etc/a (••••••)', content: 's3cret' }],
	},
	{
		title: 'knows a secret by its hash',
		args: { content: new Secret('s3cret'), dest: '/etc/a' },
		host: { files: { '/etc/a': 's3cret' } },
	},
	{
		title: 'a text has no name in a folder',
		args: { content: 'x', dest: '/etc' },
		host: { files: { '/etc': { type: 'directory' } } },
		error: /is a folder/,
	},
	{
		title: 'copies a file into a folder',
		args: { src: 'a.conf', dest: '/etc/app/' },
		run: { files: { 'a.conf': 'x' } },
		host: { files: {} },
		steps: ['mkdir -p /etc/app/', { step: 'upload /etc/app/a.conf (1 byte)', content: '/controller/a.conf' }],
	},
	{
		title: 'copies a file over another',
		args: { src: 'a.conf', dest: '/etc/a.conf', owner: 'g2p' },
		run: { files: { 'a.conf': 'x' } },
		host: { files: { '/etc/a.conf': 'y' } },
		steps: ['upload /etc/a.conf (1 byte, g2p:)'],
		detail: [{ name: '/etc/a.conf', before: 'y', after: 'x' }],
	},
	{
		title: 'copies a folder itself',
		args: { src: 'site', dest: '/srv/', mode: '0644', directory_mode: '0755', owner: 'web' },
		run: { folders },
		host: { files: {} },
		steps: [
			'mkdir -p /srv/site',
			'chown web /srv/site',
			'chmod 0755 /srv/site',
			'mkdir -p /srv/site/css',
			'chown web /srv/site/css',
			'chmod 0755 /srv/site/css',
			'upload /srv/site/index.html (5 bytes, 0644, web:)',
			'upload /srv/site/css/a.css (4 bytes, 0644, web:)',
		],
	},
	{
		title: 'copies what is in a folder, only where it differs',
		args: { src: 'site/', dest: '/srv', mode: '0644' },
		run: { folders },
		host: {
			files: {
				'/srv': { type: 'directory' },
				'/srv/index.html': { content: 'hello', mode: '0600' },
				'/srv/css': { type: 'directory' },
				'/srv/css/a.css': 'other',
				'/srv/mine': 'not ours',
			},
		},
		steps: ['chmod 0644 /srv/index.html', 'upload /srv/css/a.css (4 bytes, 0644)'],
		detail: [{ name: '/srv/css/a.css', before: 'other', after: 'body' }],
	},
	{
		title: 'copies empty folders, and links that lead nowhere',
		args: { src: 'site/', dest: '/srv' },
		run: { folders: { site: { 'empty/': '', 'a/gone': '-> nowhere', 'a/old': '-> there' } } },
		host: {
			files: {
				'/srv': { type: 'directory' },
				'/srv/a': { type: 'directory' },
				'/srv/a/old': { type: 'link', target: 'elsewhere' },
			},
		},
		steps: ['mkdir -p /srv/empty', 'ln -sfn -- nowhere /srv/a/gone', 'ln -sfn -- there /srv/a/old'],
	},
	{
		title: 'leaves a folder alone where a link is to be',
		args: { src: 'site/', dest: '/srv' },
		run: { folders: { site: { gone: '-> nowhere' } } },
		host: { files: { '/srv': { type: 'directory' }, '/srv/gone': { type: 'directory' } } },
		error: /\/srv\/gone is a folder, and a link is to be there/,
	},
	{
		title: 'makes only missing files of a folder when not forced',
		args: { src: 'site/', dest: '/srv', force: false },
		run: { folders },
		host: { files: { '/srv': { type: 'directory' }, '/srv/index.html': 'mine' } },
		steps: ['mkdir -p /srv/css', 'upload /srv/css/a.css (4 bytes)'],
	},
	{
		title: 'copies on the host',
		args: { src: '/etc/a', dest: '/etc/b', remote_src: true, mode: '0600' },
		host: { files: { '/etc/a': 'x' } },
		steps: ["script: # copy /etc/a … /etc/b 0600 '' '' '' /etc/a ''"],
	},
	{
		title: 'has copied on the host',
		args: { src: '/etc/a', dest: '/etc/b', remote_src: true },
		host: { files: { '/etc/a': 'x', '/etc/b': 'x' } },
	},
	{
		title: 'copies a folder on the host',
		args: { src: '/opt/a/', dest: '/opt/b', remote_src: true },
		host: {
			files: {
				'/opt/a/': { type: 'directory' },
				'/opt/b': { type: 'directory' },
				'/opt/b/same': 'x',
			},
			commands: {
				[`cd /opt/a/ && { { find . -type f -exec sha256sum '{}' +; }; { ${notFiles}; }; }`]: `${sum('x')}  ./same\n${sum('y')}  ./new\nd  ./empty\nl  ./link\tnew\n`,
			},
		},
		steps: [
			'mkdir -p /opt/b/empty',
			"script: # copy /opt/a/new … /opt/b/new '' '' '' '' /opt/a/new ''",
			'ln -sfn -- new /opt/b/link',
		],
	},
	{
		title: 'misses its source on the host',
		args: { src: '/etc/a', dest: '/etc/b', remote_src: true },
		host: { files: {} },
		error: /no file or folder \/etc\/a on the host/,
	},
	{ title: 'needs a source', args: { dest: '/etc/a' }, error: /either `src` or `content`/ },
]);
