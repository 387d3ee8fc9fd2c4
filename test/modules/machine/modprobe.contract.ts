import modprobe from '../../../src/modules/machine/modprobe.ts';
import { contractRows } from '../../contract-rows.ts';

export default contractRows(modprobe, [
	{
		// Containers load no modules, so this is one that every kernel has built in.
		title: 'a module, kept for the next boot',
		args: { name: 'printk', persistent: 'present', params: 'time=1' },
		verify:
			'grep -qx printk /etc/modules-load.d/printk.conf && grep -qx "options printk time=1" /etc/modprobe.d/printk.conf',
	},
]);
