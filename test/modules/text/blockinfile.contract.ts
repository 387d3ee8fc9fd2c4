import blockinfile from '../../../src/modules/text/blockinfile.ts';
import { contractRows } from '../../contract-rows.ts';

export default contractRows(blockinfile, [
	{
		title: 'a block in the place of another',
		setup: 'printf "a\\n# BEGIN x\\nold\\n# END x\\nb\\n" > /srv/block',
		args: { path: '/srv/block', marker: '# {mark} x', block: 'new\nnewer\n' },
		verify: '[ "$(paste -sd, /srv/block)" = "a,# BEGIN x,new,newer,# END x,b" ]',
	},
]);
