import lineinfile from '../../../src/modules/text/lineinfile.ts';
import { contractRows } from '../../contract-rows.ts';

export default contractRows(lineinfile, [
	{
		title: 'a line in the place of another, behind a link',
		setup: 'mkdir -p /srv/line && printf "a\\n#Port 22\\nb" > /srv/line/real && ln -s real /srv/line/link',
		args: { path: '/srv/line/link', regexp: '^#?Port ', line: 'Port 2222' },
		verify: '[ -L /srv/line/link ] && [ "$(sed -n 2p /srv/line/real)" = "Port 2222" ]',
	},
	{
		title: 'a new file',
		args: { path: '/srv/line-new/a', line: 'x', create: true, mode: '0600' },
		verify: '[ "$(cat /srv/line-new/a)" = x ] && [ "$(stat -c %a /srv/line-new/a)" = 600 ]',
	},
	{
		title: 'no line any more, mode and owner as they were',
		setup:
			'printf "x\\ny\\n" > /srv/line-less && chmod 0640 /srv/line-less && chown daemon:adm /srv/line-less',
		args: { path: '/srv/line-less', line: 'x', state: 'absent' },
		verify: '[ "$(cat /srv/line-less)" = y ] && [ "$(stat -c %U:%G:%a /srv/line-less)" = daemon:adm:640 ]',
	},
]);
