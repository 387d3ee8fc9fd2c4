import file from '../../../src/modules/files/file.ts';
import { contractRows } from '../../contract-rows.ts';

export default contractRows(file, [
	{
		title: 'a directory with owner and mode',
		args: { path: '/srv/file/a/b', state: 'directory', owner: 'daemon', group: 'adm', mode: '2750' },
		verify: '[ "$(stat -c %U:%G:%a /srv/file/a/b)" = daemon:adm:2750 ]',
	},
	{
		title: 'everything below a directory',
		setup: 'mkdir -p /srv/file/r/d && touch "/srv/file/r/d/a b" && ln -s /etc/passwd /srv/file/r/link',
		args: { path: '/srv/file/r', state: 'directory', owner: 1, group: 'daemon', mode: '0750', recurse: true },
		verify:
			'[ "$(stat -c %U:%a "/srv/file/r/d/a b")" = daemon:750 ] && [ "$(stat -c %U:%a /etc/passwd)" = root:644 ]',
	},
	{
		title: 'a link, and what is not beside it',
		setup: 'mkdir -p /srv/file/l/1 /srv/file/l/2 && ln -s 1 /srv/file/l/current',
		args: { path: '/srv/file/l/current', src: '2', state: 'link' },
		verify: '[ "$(readlink /srv/file/l/current)" = 2 ] && [ ! -e /srv/file/l/1/2 ]',
	},
	{
		title: 'a hard link in the place of a file',
		setup: 'mkdir -p /srv/file/h && echo x > /srv/file/h/x && echo y > /srv/file/h/y',
		args: { path: '/srv/file/h/y', src: '/srv/file/h/x', state: 'hard', force: true },
		verify: '[ /srv/file/h/y -ef /srv/file/h/x ]',
	},
	{
		title: 'an empty file',
		setup: 'mkdir -p /srv/file',
		args: { path: '/srv/file/touched', state: 'touch', mode: '0600' },
		verify: '[ -f /srv/file/touched ] && [ "$(stat -c %a /srv/file/touched)" = 600 ]',
	},
	{
		title: 'nothing, where a tree was',
		setup: 'mkdir -p "/srv/file/gone away/x" && touch "/srv/file/gone away/x/y"',
		args: { path: '/srv/file/gone away', state: 'absent' },
		verify: '[ ! -e "/srv/file/gone away" ]',
	},
]);
