import timezone from '../../../src/modules/machine/timezone.ts';
import { contractRows } from '../../contract-rows.ts';

export default contractRows(timezone, [
	{
		title: 'the time of another place',
		args: { name: 'Africa/Nairobi' },
		verify: '[ "$(date +%Z%z)" = EAT+0300 ]',
	},
]);
