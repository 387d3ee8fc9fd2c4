import debug from '../../../src/modules/flow/debug.ts';
import { Secret } from '../../../src/shell/secret.ts';
import { actionRows } from '../../rows.ts';

export default actionRows(debug, [
	{ title: 'shows a text', args: { msg: 'a' }, outcome: { changed: false, message: 'a' } },
	{ title: 'shows dots for a secret', args: { msg: new Secret('hunter22') }, outcome: { message: '••••••' } },
	{
		title: 'shows dots for a secret in a list',
		args: { msg: [new Secret('hunter22')] },
		outcome: { message: '[\n  "••••••"\n]' },
	},
	{
		title: 'shows a value',
		args: { var: 'a.b' },
		run: { expressions: { 'a.b': 5 } },
		outcome: { message: 'a.b: 5' },
	},
]);
