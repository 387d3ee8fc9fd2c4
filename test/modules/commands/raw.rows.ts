import raw from '../../../src/modules/commands/raw.ts';
import { actionRows } from '../../rows.ts';

export default actionRows(raw, [
	{
		title: 'runs the line as it is',
		args: { cmd: 'a || b > c' },
		host: { commands: { 'a || b > c': 'x' } },
		steps: ['a || b > c'],
		outcome: { changed: true },
	},
]);
