import group from '../../../src/modules/accounts/group.ts';
import { contractRows } from '../../contract-rows.ts';

export default contractRows(group, [
	{
		title: 'a group with its id',
		args: { name: 'g2p-group', gid: 4100 },
		verify: 'getent group g2p-group | grep -q :4100:',
	},
	{
		title: 'no group any more',
		setup: 'groupadd g2p-old',
		args: { name: 'g2p-old', state: 'absent' },
		verify: '! getent group g2p-old',
	},
]);
