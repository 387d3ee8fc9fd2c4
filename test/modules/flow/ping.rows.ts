import ping from '../../../src/modules/flow/ping.ts';
import { actionRows } from '../../rows.ts';

export default actionRows(ping, [
	{
		title: 'answers',
		args: {},
		host: { commands: { true: '' } },
		outcome: { changed: false, result: { ping: 'pong' } },
	},
	{
		title: 'fails where no shell answers',
		args: {},
		host: { commands: { true: { code: 1 } } },
		error: /ended with code 1/,
	},
]);
