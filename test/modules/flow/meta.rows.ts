import meta from '../../../src/modules/flow/meta.ts';
import { actionRows } from '../../rows.ts';

export default actionRows(meta, [
	{
		title: 'asks the run',
		args: { action: 'flush_handlers' },
		outcome: { changed: false, meta: 'flush_handlers' },
	},
	{ title: 'knows its words', args: { action: 'flush' as 'noop' }, error: /flush_handlers/ },
]);
