import stat from '../../../src/modules/files/stat.ts';
import { actionRows } from '../../rows.ts';

export default actionRows(stat, [
	{
		title: 'sees that nothing is there',
		args: { path: '/a' },
		host: { files: {} },
		outcome: { changed: false, result: { stat: { exists: false } } },
	},
	{
		title: 'describes a file as Ansible does',
		args: { path: '/bin/a' },
		host: { files: { '/bin/a': { content: 'x', mode: '0755', owner: 'g2p', uid: 7 } } },
		outcome: {
			result: {
				stat: {
					exists: true,
					isreg: true,
					isdir: false,
					mode: '0755',
					pw_name: 'g2p',
					uid: 7,
					size: 1,
					executable: true,
					checksum: '2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881',
				},
			},
		},
	},
	{
		title: 'follows a link when asked',
		args: { path: '/a', follow: true },
		host: { files: { '/a': { target: '/b' }, '/b': { type: 'directory' } } },
		outcome: { result: { stat: { isdir: true, islnk: false } } },
	},
	{
		title: 'tells where a link points',
		args: { path: '/a' },
		host: { files: { '/a': { target: '/b' }, '/b': '' } },
		outcome: { result: { stat: { islnk: true, lnk_target: '/b', checksum: undefined } } },
	},
]);
