import fail from '../../../src/modules/flow/fail.ts';
import { actionRows } from '../../rows.ts';

export default actionRows(fail, [
	{ title: 'says why', args: { msg: 'no token' }, error: /^no token/ },
	{ title: 'fails without a reason too', args: {}, error: /failed as the playbook says/ },
]);
