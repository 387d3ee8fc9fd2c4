import hostname from '../../../src/modules/machine/hostname.ts';
import { stateRows } from '../../rows.ts';

const live = '/proc/sys/kernel/hostname';
const host = { files: { '/etc/hostname': 'old\n', [live]: 'old\n' } };

export default stateRows(hostname, [
	{
		title: 'renames, now and for the next boot',
		args: { name: 'db1' },
		host,
		steps: [{ step: 'upload /etc/hostname (4 bytes)', content: 'db1\n' }, 'hostname db1'],
	},
	{
		title: 'only saves what is live already',
		args: { name: 'db1' },
		host: { files: { [live]: 'db1\n' } },
		steps: ['upload /etc/hostname (4 bytes)'],
	},
	{ title: 'keeps the name', args: { name: 'old' }, host },
	{ title: 'refuses what is no name', args: { name: 'db_1' }, error: /letters, digits, dots and dashes/ },
]);
