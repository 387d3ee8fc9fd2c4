import packageModule from '../../../src/modules/packages/package.ts';
import { contractRows } from '../../contract-rows.ts';

export default contractRows(packageModule, [
	{
		title: 'a package of any version that fits',
		setup: 'apt-get purge -y unzip',
		args: { name: ['unzip=6.*'] },
		verify: 'unzip -v',
	},
]);
