import assert from '../../../src/modules/flow/assert.ts';
import { actionRows } from '../../rows.ts';

const run = { expressions: { 'a > 1': true, 'b > 1': false, b: 5 } };

export default actionRows(assert, [
	{
		title: 'is content',
		args: { that: ['a > 1', true], success_msg: 'fine' },
		run,
		outcome: { changed: false, message: 'fine' },
	},
	{
		title: 'names what does not hold',
		args: { that: ['a > 1', 'b > 1'] },
		run,
		error: /`b > 1` does not hold/,
	},
	{
		title: 'says what to do',
		args: { that: 'b > 1', fail_msg: 'get more b' },
		run,
		error: /get more b.*`b > 1` does not hold/s,
	},
	{ title: 'refuses what is no condition', args: { that: 'b' }, run, error: /`b` is 5, not true or false/ },
]);
