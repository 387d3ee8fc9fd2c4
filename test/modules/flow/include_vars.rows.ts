import includeVars from '../../../src/modules/flow/include_vars.ts';
import { actionRows } from '../../rows.ts';

const run = { varsFiles: { 'a.yml': { a: 1 } } };

export default actionRows(includeVars, [
	{
		title: 'brings the values of a file',
		args: { file: 'a.yml' },
		run,
		outcome: { changed: false, variables: { a: 1 } },
	},
	{
		title: 'puts them under a name',
		args: { file: 'a.yml', name: 'b' },
		run,
		outcome: { variables: { b: { a: 1 } } },
	},
]);
