import addHost from '../../../src/modules/flow/add_host.ts';
import { actionRows } from '../../rows.ts';

export default actionRows(addHost, [
	{
		title: 'adds a host with its variables',
		args: { name: 'a', groups: 'web,eu', ansible_host: '192.0.2.1' },
		outcome: {
			changed: false,
			addHost: { name: 'a', groups: ['web', 'eu'], variables: { ansible_host: '192.0.2.1' } },
		},
	},
]);
