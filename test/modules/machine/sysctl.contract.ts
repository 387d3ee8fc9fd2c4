import sysctl from '../../../src/modules/machine/sysctl.ts';
import { contractRows } from '../../contract-rows.ts';

export default contractRows(sysctl, [
	{
		// Containers may not change most parameters, so this is one that has its value already.
		title: 'a parameter, kept for the next boot',
		args: { name: 'net.ipv4.ip_forward', value: 1 },
		verify:
			'grep -qx "net.ipv4.ip_forward = 1" /etc/sysctl.d/99-g2pbook.conf && [ "$(sysctl -n net.ipv4.ip_forward)" = 1 ]',
	},
]);
