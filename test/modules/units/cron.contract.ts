import cron from '../../../src/modules/units/cron.ts';
import { contractRows } from '../../contract-rows.ts';

export default contractRows(cron, [
	{
		title: 'a job in a crontab',
		setup: 'apt-get install -y cron',
		args: { name: 'g2p job', user: 'root', minute: '*/5', job: "test -x '/opt/a b' && echo 100\\% | cat" },
		verify: 'crontab -l | grep -qxF "*/5 * * * * test -x \'/opt/a b\' && echo 100\\\\% | cat"',
	},
	{
		title: 'a file with a job',
		args: { name: 'g2p job', cron_file: 'g2p', user: 'daemon', special_time: 'daily', job: 'true' },
		verify: "grep -qxF '@daily daemon true' /etc/cron.d/g2p",
	},
]);
