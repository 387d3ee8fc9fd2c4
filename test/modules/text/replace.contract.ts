import replace from '../../../src/modules/text/replace.ts';
import { contractRows } from '../../contract-rows.ts';

export default contractRows(replace, [
	{
		title: 'all that matches',
		setup: 'printf "a=1\\nb=2\\n" > /srv/replace',
		args: { path: '/srv/replace', regexp: '^(\\w)=(\\d)$', replace: '\\1: \\2' },
		verify: '[ "$(paste -sd, /srv/replace)" = "a: 1,b: 2" ]',
	},
]);
