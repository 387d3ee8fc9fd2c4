import apt from '../../../src/modules/packages/apt.ts';
import { contractRows } from '../../contract-rows.ts';

export default contractRows(apt, [
	{
		title: 'a package that is missing',
		setup: 'apt-get purge -y jq',
		args: { name: 'jq', install_recommends: false },
		verify: 'jq --version',
	},
	{
		title: 'nothing left of a package, its configuration neither',
		setup: 'apt-get install -y rsync && apt-get remove -y rsync',
		args: { name: 'rsync', state: 'absent', purge: true },
		verify: '! dpkg-query --show rsync',
	},
]);
