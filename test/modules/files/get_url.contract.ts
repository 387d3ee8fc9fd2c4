import getUrl from '../../../src/modules/files/get_url.ts';
import { contractRows } from '../../contract-rows.ts';

const sum = '5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03';
const curl =
	'command -v curl >/dev/null || { apt-get update && apt-get install --yes curl; } >/dev/null 2>&1; mkdir -p /srv/url';

export default contractRows(getUrl, [
	{
		title: 'a verified file',
		setup: `${curl} && echo hello > /srv/url/from && echo old > /srv/url/to && chmod 0640 /srv/url/to`,
		args: { url: 'file:///srv/url/from', dest: '/srv/url/to', checksum: `sha256:${sum}`, owner: 'daemon' },
		verify: '[ "$(cat /srv/url/to)" = hello ] && [ "$(stat -c %U:%a /srv/url/to)" = daemon:640 ]',
	},
	{
		title: 'what is served now',
		setup: `${curl} && echo now > /srv/url/now && mkdir /srv/url/d && echo before > /srv/url/d/now`,
		args: { url: 'file:///srv/url/now', dest: '/srv/url/d', force: true },
		verify: '[ "$(cat /srv/url/d/now)" = now ]',
	},
]);
