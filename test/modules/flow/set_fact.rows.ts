import setFact from '../../../src/modules/flow/set_fact.ts';
import { actionRows } from '../../rows.ts';

export default actionRows(setFact, [
	{
		title: 'sets any names',
		args: { a: 1, b: ['c'] },
		outcome: { changed: false, variables: { a: 1, b: ['c'] } },
	},
]);
