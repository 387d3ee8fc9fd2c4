import iniFile from '../../../src/modules/text/ini_file.ts';
import { contractRows } from '../../contract-rows.ts';

export default contractRows(iniFile, [
	{
		title: 'an option in its section',
		setup: 'printf "[a]\\nx = 1\\n[b]\\nx = 1\\n" > /srv/a.ini',
		args: { path: '/srv/a.ini', section: 'b', option: 'x', value: 2 },
		verify: '[ "$(paste -sd, /srv/a.ini)" = "[a],x = 1,[b],x = 2" ]',
	},
]);
