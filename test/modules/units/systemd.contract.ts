import systemd from '../../../src/modules/units/systemd.ts';
import { contractRows } from '../../contract-rows.ts';

const unit = (name: string) =>
	`printf '[Service]\\nExecStart=/bin/sleep infinity\\n[Install]\\nWantedBy=multi-user.target\\n' > /etc/systemd/system/${name}.service && systemctl daemon-reload`;

export default contractRows(systemd, [
	{
		title: 'a unit that runs now and at boot',
		setup: unit('g2p-on'),
		args: { name: 'g2p-on', state: 'started', enabled: true },
		verify: 'systemctl is-active g2p-on && systemctl is-enabled g2p-on',
	},
	{
		title: 'a unit that nobody can start',
		setup: `${unit('g2p-off')} && mv /etc/systemd/system/g2p-off.service /usr/lib/systemd/system/ && systemctl daemon-reload && systemctl start g2p-off`,
		args: { name: 'g2p-off.service', state: 'stopped', masked: true },
		verify: '! systemctl is-active g2p-off && ! systemctl start g2p-off',
	},
]);
