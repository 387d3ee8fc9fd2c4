import groupBy from '../../../src/modules/flow/group_by.ts';
import { actionRows } from '../../rows.ts';

export default actionRows(groupBy, [
	{
		title: 'joins a group',
		args: { key: 'os debian', parents: ['linux'] },
		outcome: { changed: false, joinGroups: ['os_debian', 'linux'] },
	},
]);
