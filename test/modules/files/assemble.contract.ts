import assemble from '../../../src/modules/files/assemble.ts';
import { contractRows } from '../../contract-rows.ts';

export default contractRows(assemble, [
	{
		title: 'of fragments on the host',
		setup:
			'mkdir -p /srv/parts/deeper && printf b > /srv/parts/2 && echo a > /srv/parts/1 && echo x > /srv/parts/deeper/x',
		args: { src: '/srv/parts', dest: '/srv/assembled', delimiter: '-', mode: '0640' },
		verify: '[ "$(paste -sd, /srv/assembled)" = a,-,b ]',
	},
]);
