import cron from '../../../src/modules/units/cron.ts';
import { stateRows } from '../../rows.ts';

const table = 'MAILTO=root\n#Ansible: dump\n30 2 * * * /bin/dump\n0 0 * * 0 weekly\n';
const host = { commands: { 'crontab -l -u postgres': table } };
const write = (content: string) => ({
	step: `crontab -u postgres - (stdin: ${content.length} bytes)`,
	content,
});

export default stateRows(cron, [
	{
		title: 'adds a job to a crontab that is not there yet',
		args: { name: 'x', user: 'postgres', minute: 5, hour: '*/2', job: '/bin/x | cat' },
		host: { commands: { 'crontab -l -u postgres': { code: 1, stderr: 'no crontab for postgres' } } },
		steps: [write('#Ansible: x\n5 */2 * * * /bin/x | cat\n')],
	},
	{
		title: 'keeps the job',
		args: { name: 'dump', user: 'postgres', hour: 2, minute: 30, job: '/bin/dump' },
		host,
	},
	{
		title: 'changes a job in its place',
		args: { name: 'dump', user: 'postgres', special_time: 'daily', job: '/bin/dump' },
		host,
		steps: [write('MAILTO=root\n#Ansible: dump\n@daily /bin/dump\n0 0 * * 0 weekly\n')],
	},
	{
		title: 'disables a job',
		args: { name: 'dump', user: 'postgres', hour: 2, minute: 30, job: '/bin/dump', disabled: true },
		host,
		steps: [write('MAILTO=root\n#Ansible: dump\n#30 2 * * * /bin/dump\n0 0 * * 0 weekly\n')],
	},
	{
		title: 'removes a job with its comment',
		args: { name: 'dump', user: 'postgres', state: 'absent' },
		host,
		steps: [write('MAILTO=root\n0 0 * * 0 weekly\n')],
	},
	{ title: 'has nothing to remove', args: { name: 'x', user: 'postgres', state: 'absent' }, host },
	{
		title: 'sets a variable',
		args: { name: 'MAILTO', user: 'postgres', env: true, job: 'ops@x' },
		host,
		steps: [write('MAILTO="ops@x"\n#Ansible: dump\n30 2 * * * /bin/dump\n0 0 * * 0 weekly\n')],
	},
	{
		title: 'writes a file of its own',
		args: { name: 'x', cron_file: 'g2p', user: 'root', special_time: 'reboot', job: 'x' },
		host: { files: {} },
		steps: [{ step: 'upload /etc/cron.d/g2p (27 bytes, 0644)', content: '#Ansible: x\n@reboot root x\n' }],
	},
	{
		title: 'removes a file with its last job',
		args: { name: 'x', cron_file: 'g2p', state: 'absent' },
		host: { files: { '/etc/cron.d/g2p': '#Ansible: x\n@reboot root x\n' } },
		steps: ['rm -f /etc/cron.d/g2p'],
	},
	{ title: 'needs a job', args: { name: 'x' }, error: /needs `job`/ },
	{ title: 'a file needs a user', args: { name: 'x', job: 'x', cron_file: 'g2p' }, error: /as whom/ },
]);
