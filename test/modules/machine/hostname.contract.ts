import hostname from '../../../src/modules/machine/hostname.ts';
import { contractRows } from '../../contract-rows.ts';

export default contractRows(hostname, [
	{
		title: 'a name, now and for the next boot',
		args: { name: 'g2p-host' },
		verify: '[ "$(uname -n)" = g2p-host ] && [ "$(cat /etc/hostname)" = g2p-host ]',
	},
]);
