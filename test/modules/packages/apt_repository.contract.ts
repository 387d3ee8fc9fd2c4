import aptRepository from '../../../src/modules/packages/apt_repository.ts';
import { contractRows } from '../../contract-rows.ts';

export default contractRows(aptRepository, [
	{
		title: 'a source that apt would ask',
		args: { name: 'g2p', repo: 'deb file:/srv/apt-repository ./', update_cache: false },
		verify: 'apt-get update --print-uris | grep -q file:/srv/apt-repository/',
	},
]);
