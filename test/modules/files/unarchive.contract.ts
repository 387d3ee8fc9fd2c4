import { gzipSync } from 'node:zlib';
import { tar } from '../../../src/lab/tar.ts';
import unarchive from '../../../src/modules/files/unarchive.ts';
import { contractRows } from '../../contract-rows.ts';

const archive = gzipSync(
	tar([
		{ path: 'app/', mode: 0o755, uid: 1234 },
		{ path: 'app/a b', content: 'hello\n', mode: 0o600, uid: 1234 },
	]),
);

export default contractRows(unarchive, [
	{
		title: 'what lies beside the playbook, for its owner',
		run: { files: { 'app.tgz': archive } },
		args: { src: 'app.tgz', dest: '/srv/unpack', owner: 'daemon', group: 'adm' },
		verify:
			'[ "$(cat "/srv/unpack/app/a b")" = hello ] && [ "$(stat -c %U:%G:%a "/srv/unpack/app/a b")" = daemon:adm:600 ] && [ ! -e /srv/unpack/.g2pbook-archive ]',
	},
	{
		title: 'what lies on the host, without the first folder',
		setup:
			'mkdir -p /srv/pack/v1/d && cd /srv/pack && echo é > "v1/d/é x" && ln -s d v1/l && ln "v1/d/é x" v1/h && tar -czf /srv/pack.tgz v1',
		args: {
			src: '/srv/pack.tgz',
			dest: '/srv/unpacked',
			remote_src: true,
			extra_opts: ['--strip-components=1'],
		},
		verify: 'diff -r /srv/pack/v1 /srv/unpacked && [ "$(readlink /srv/unpacked/l)" = d ]',
	},
]);
