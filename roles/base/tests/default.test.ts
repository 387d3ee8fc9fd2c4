import test from 'ava';
import { roleTest } from '../../../test/fixtures/containers/role-test.ts';

roleTest(test, {
	role: 'base',
	hosts: [
		{ name: 'compute1', groups: ['rke2_servers'] },
		{ name: 'storage1', groups: ['storage'] },
	],
	vars: { base_timezone: 'Africa/Nairobi', base_domain: 'g2p.test' },

	async verify(t, lab) {
		const address = lab.address('storage1');
		for (const name of ['storage1', 'storage1.g2p.test']) {
			t.regex(await lab.output('compute1', `getent ahostsv4 ${name}`), new RegExp(`^${address} `));
		}

		t.is(
			(await lab.output('compute1', 'ping -c 1 -W 5 storage1 >/dev/null && echo reached')).trim(),
			'reached',
		);
		t.is((await lab.output('compute1', 'date +%Z')).trim(), 'EAT');
		t.regex(await lab.output('compute1', 'chronyc -n sources 2>&1'), /MS Name\/IP address/);
		t.regex(
			await lab.output('compute1', 'systemd-analyze cat-config systemd/journald.conf'),
			/^SystemMaxUse=1024M$/m,
		);
		t.is((await lab.output('compute1', `echo '{"a": 1}' | jq .a`)).trim(), '1');
	},

	removal: {
		vars: { base_state: 'absent', base_domain: 'g2p.test' },
		async verify(t, lab) {
			t.not((await lab.run('compute1', 'getent ahostsv4 storage1.g2p.test')).code, 0);
			t.is(await lab.output('compute1', 'cat /etc/systemd/journald.conf.d/* 2>/dev/null || true'), '');
			t.regex(
				await lab.output('compute1', 'cat /etc/hosts'),
				/192\.0\.2\.99 printer/,
				'lines of others stay',
			);
		},
	},

	drift: [
		{
			name: 'the clock is left to itself',
			break: (lab) => lab.output('compute1', 'systemctl disable --now chrony'),
			repairs: [/Keep the clock right/],
		},
		{
			name: 'a host has lost a name, and a line of the operator stands beside it',
			break: (lab) =>
				lab.output('compute1', "sed -i '/storage1/d' /etc/hosts && echo '192.0.2.99 printer' >>/etc/hosts"),
			repairs: [/Write the addresses/],
		},
		{
			name: 'a package is gone, and another time zone set',
			break: (lab) =>
				lab.output(
					'storage1',
					'apt-get purge -yq jq && ln -sf /usr/share/zoneinfo/Asia/Manila /etc/localtime',
				),
			repairs: [/Install the base packages/, /Set the time zone/],
		},
	],
});
