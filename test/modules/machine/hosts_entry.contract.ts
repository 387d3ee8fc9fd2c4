import hostsEntry from '../../../src/modules/machine/hosts_entry.ts';
import { contractRows } from '../../contract-rows.ts';

export default contractRows(hostsEntry, [
	{
		title: 'names that resolve, before what others say',
		setup: "echo '192.0.2.99 g2p-db' >> /etc/hosts",
		args: { ip: '192.0.2.20', names: ['g2p-db.example.org', 'g2p-db'] },
		verify:
			'[ "$(getent hosts g2p-db | head -n 1 | cut -d " " -f 1)" = 192.0.2.20 ] && grep -q 192.0.2.99 /etc/hosts',
	},
]);
