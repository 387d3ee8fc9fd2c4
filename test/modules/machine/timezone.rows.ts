import timezone from '../../../src/modules/machine/timezone.ts';
import { stateRows } from '../../rows.ts';

const data = { '/usr/share/zoneinfo/Asia/Kolkata': 'TZif' };
const link = { '/etc/localtime': { target: '/usr/share/zoneinfo/Etc/UTC' } };

export default stateRows(timezone, [
	{
		title: 'sets link and file',
		args: { name: 'Asia/Kolkata' },
		host: { files: { ...data, ...link, '/etc/timezone': 'Etc/UTC\n' } },
		steps: [
			'ln -sfn /usr/share/zoneinfo/Asia/Kolkata /etc/localtime',
			{ step: 'upload /etc/timezone (13 bytes)', content: 'Asia/Kolkata\n' },
		],
	},
	{
		title: 'sets the link alone where there is no file',
		args: { name: 'Asia/Kolkata' },
		host: { files: { ...data } },
		steps: ['ln -sfn /usr/share/zoneinfo/Asia/Kolkata /etc/localtime'],
	},
	{
		title: 'keeps the zone',
		args: { name: 'Asia/Kolkata' },
		host: { files: { ...data, '/etc/localtime': { target: '../usr/share/zoneinfo/Asia/Kolkata' } } },
	},
	{
		title: 'does not point to nowhere',
		args: { name: 'Asia/Atlantis' },
		host: { files: { ...link } },
		error: /knows no time zone Asia\/Atlantis\n.*tzdata/,
	},
]);
