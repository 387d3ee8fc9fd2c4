import swap from '../../../src/modules/machine/swap.ts';
import { contractRows } from '../../contract-rows.ts';

export default contractRows(swap, [
	{
		// Containers may not swap, so only what the next boot would do can change.
		title: 'no swap at all',
		setup: "echo '/dev/sdz1 none swap sw 0 0' >> /etc/fstab",
		args: { state: 'absent' },
		verify: "! grep -q '^[^#].* swap ' /etc/fstab && grep -q '^#.*/dev/sdz1' /etc/fstab",
	},
]);
