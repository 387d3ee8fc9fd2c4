import group from '../../../src/modules/accounts/group.ts';
import { stateRows } from '../../rows.ts';

const host = { groups: { g2p: 1500 } };

export default stateRows(group, [
	{ title: 'creates', args: { name: 'new', gid: 1600 }, host, steps: ['groupadd --gid 1600 new'] },
	{
		title: 'creates a system group with an odd name',
		args: { name: "it's", system: true },
		host,
		steps: ["groupadd --system 'it'\\''s'"],
	},
	{ title: 'changes the id', args: { name: 'g2p', gid: 1501 }, host, steps: ['groupmod --gid 1501 g2p'] },
	{ title: 'leaves the id alone when not given', args: { name: 'g2p' }, host },
	{ title: 'deletes', args: { name: 'g2p', state: 'absent' }, host, steps: ['groupdel g2p'] },
	{ title: 'does not miss what is absent', args: { name: 'old', state: 'absent' }, host },
]);
