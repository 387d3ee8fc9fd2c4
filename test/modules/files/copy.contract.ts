import copy from '../../../src/modules/files/copy.ts';
import { Secret } from '../../../src/shell/secret.ts';
import { contractRows } from '../../contract-rows.ts';

export default contractRows(copy, [
	{
		title: 'a text with quotes and odd letters',
		args: { content: `it's "$HOME" \\n é\n`, dest: '/srv/copy text', mode: '0640', owner: 'daemon' },
		verify: `[ "$(sha256sum < "/srv/copy text" | cut -c1-8)" = 4a6fd9eb ] && [ "$(stat -c %U:%a "/srv/copy text")" = daemon:640 ]`,
	},
	{
		title: 'a secret',
		args: { content: new Secret('top secret'), dest: '/srv/copy-secret', mode: '0600' },
		verify: 'grep -qx "top secret" /srv/copy-secret',
	},
	{
		title: 'a folder, over one that differs',
		setup:
			'mkdir -p /srv/copy/site && echo old > /srv/copy/site/index.html && echo mine > /srv/copy/site/mine',
		run: { folders: { site: { 'index.html': 'new\n', 'a/b/c.txt': 'deep\n', 'a b': 'blank\n' } } },
		args: { src: 'site', dest: '/srv/copy/', mode: '0644', directory_mode: '0750', group: 'adm' },
		verify:
			'cd /srv/copy/site && grep -q new index.html && grep -q deep a/b/c.txt && grep -q blank "a b" && grep -q mine mine && [ "$(stat -c %G:%a a/b)" = adm:750 ]',
	},
	{
		title: 'in the place of a link, whose target stays',
		setup: 'echo target > /srv/copy-target && ln -s copy-target /srv/copy-link',
		args: { content: 'new\n', dest: '/srv/copy-link' },
		verify: '[ ! -L /srv/copy-link ] && grep -q new /srv/copy-link && grep -q target /srv/copy-target',
	},
	{
		title: 'on the host itself',
		setup: 'mkdir -p /srv/copy-from/x && echo 1 > /srv/copy-from/x/1 && echo 2 > /srv/copy-from/2',
		args: { src: '/srv/copy-from/', dest: '/srv/copy-to', remote_src: true, mode: '0600' },
		verify: 'diff -r /srv/copy-from /srv/copy-to && [ "$(stat -c %a /srv/copy-to/x/1)" = 600 ]',
	},
	{
		title: 'only what passes its check',
		args: {
			content: 'daemon ALL=(ALL) ALL\n',
			dest: '/etc/sudoers.d/copy',
			mode: '0440',
			validate: 'grep -q ALL %s',
		},
		verify: 'grep -q daemon /etc/sudoers.d/copy',
	},
]);
