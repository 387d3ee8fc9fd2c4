import ufw from '../../../src/modules/firewall/ufw.ts';
import { contractRows } from '../../contract-rows.ts';

export default contractRows(ufw, [
	{
		title: 'a firewall that is on, with our rules beside those of others',
		setup:
			"apt-get install -y ufw && ufw allow 9999/tcp comment 'by hand' && ufw allow 81/tcp comment g2pbook:playbook",
		args: {
			state: 'enabled',
			default_incoming: 'deny',
			default_routed: 'deny',
			logging: 'off',
			rules: [
				{ action: 'limit', port: '22/tcp' },
				{ action: 'deny', from: '203.0.113.7/24', comment: 'a nuisance' },
				{ action: 'allow', from: '2001:DB8::/32', port: '443,80', proto: 'tcp' },
				{ action: 'allow', route: true, interface_in: 'wg0', interface_out: 'eth0', from: '10.15.0.0/16' },
			],
		},
		verify:
			"ufw status | grep -q '^22/tcp *LIMIT' && ufw status | grep -q 'DENY *203.0.113.0/24 *# g2pbook:playbook: a nuisance' && ufw status | grep -q '^9999/tcp' && ! ufw status | grep -q '^81/tcp' && iptables -S ufw-user-forward | grep -q 10.15.0.0/16",
	},
]);
