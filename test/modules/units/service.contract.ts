import service from '../../../src/modules/units/service.ts';
import { contractRows } from '../../contract-rows.ts';

export default contractRows(service, [
	{
		title: 'a service that is stopped, now and at boot',
		setup:
			"printf '[Service]\\nExecStart=/bin/sleep infinity\\n[Install]\\nWantedBy=multi-user.target\\n' > /etc/systemd/system/g2p-service.service && systemctl enable --now g2p-service",
		args: { name: 'g2p-service', state: 'stopped', enabled: false },
		verify: '! systemctl is-active g2p-service && ! systemctl is-enabled g2p-service',
	},
]);
