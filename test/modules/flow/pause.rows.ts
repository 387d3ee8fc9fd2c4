import pause from '../../../src/modules/flow/pause.ts';
import { actionRows } from '../../rows.ts';

export default actionRows(pause, [
	{ title: 'waits', args: { minutes: 1, seconds: 5 }, steps: ['sleep 65 s'], outcome: { changed: false } },
	{
		title: 'asks',
		args: { prompt: 'Go on?' },
		run: { answers: { 'Go on?': 'yes' } },
		steps: ['prompt Go on?'],
		outcome: { result: { user_input: 'yes' } },
	},
	{ title: 'does not wait for nobody', args: { prompt: 'Go on?' }, error: /nobody is at a terminal/ },
]);
