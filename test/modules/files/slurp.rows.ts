import slurp from '../../../src/modules/files/slurp.ts';
import { actionRows } from '../../rows.ts';

export default actionRows(slurp, [
	{
		title: 'gives the bytes',
		args: { src: '/a' },
		host: { files: { '/a': { content: Uint8Array.from([0, 255]) } } },
		outcome: { changed: false, result: { content: 'AP8=', encoding: 'base64', source: '/a' } },
	},
	{ title: 'misses the file', args: { src: '/a' }, host: { files: {} }, error: /no file \/a/ },
]);
