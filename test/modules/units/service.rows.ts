import service from '../../../src/modules/units/service.ts';
import { stateRows } from '../../rows.ts';

export default stateRows(service, [
	{
		title: 'enables and starts',
		args: { name: 'chrony', state: 'started', enabled: true },
		host: { units: { chrony: { active: 'inactive', enabled: 'disabled' } } },
		steps: ['systemctl enable chrony', 'systemctl start chrony'],
	},
	{
		title: 'leaves a running service alone',
		args: { name: 'chrony', state: 'started', enabled: true },
		host: { units: { chrony: {} } },
	},
	{
		title: 'restarts whenever asked',
		args: { name: 'chrony', state: 'restarted' },
		host: { units: { chrony: {} } },
		steps: ['systemctl restart chrony'],
	},
	{
		title: 'says when there is none of that name',
		args: { name: 'nope', enabled: true },
		host: { units: {} },
		error: /no unit named nope/,
	},
]);
