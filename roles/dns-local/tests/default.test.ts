import test from 'ava';
import type { TestLab } from '../../../test/fixtures/containers/lab.ts';
import { roleTest } from '../../../test/fixtures/containers/role-test.ts';

/** What a resolver on the sandbox says to another host: addresses, or nothing. */
const answer = async (lab: TestLab, name: string, from = 'laptop1'): Promise<string> =>
	(await lab.run(from, `dig +short +time=2 +tries=2 @${lab.address('sandbox1')} ${name}`)).stdout.trim();

roleTest(test, {
	role: 'dns-local',
	hosts: [
		{ name: 'sandbox1', groups: ['dns'] },
		{ name: 'laptop1', groups: [] },
	],
	pattern: 'dns',
	vars: { dns_local_domain: 'g2p.test' },

	prepare: (lab) => lab.output('laptop1', 'apt-get install -yq bind9-dnsutils'),

	async verify(t, lab) {
		for (const name of ['g2p.test', 'rancher.g2p.test', 'svc.pilot.g2p.test', 'RANCHER.g2p.test']) {
			t.is(await answer(lab, name), lab.address('sandbox1'), name);
		}

		t.is(await answer(lab, 'laptop1'), '', 'no half names');
		const sockets = await lab.output('sandbox1', `ss -Hlun | awk '$4 ~ /:53$/ {print $4}' | sort -u`);
		t.false(/(0\.0\.0\.0|\*|\[::\]):53/.test(sockets), 'not on every address');
	},

	async change(t, lab, again) {
		const refused = await again('no domain', { dns_local_domain: 'Not A Domain' });
		t.is(refused.code, 2);
		t.regex(refused.stdout, /Nothing was changed/);
		t.is(await answer(lab, 'rancher.g2p.test'), lab.address('sandbox1'));
	},

	drift: [
		{
			name: 'the names were edited, and a file of somebody else stands beside them',
			break: (lab) =>
				lab.output(
					'sandbox1',
					`sed -i 's|^address=.*|address=/g2p.test/192.0.2.1|' /etc/dnsmasq.d/g2p.conf
					echo 'address=/printer.example/192.0.2.9' >/etc/dnsmasq.d/other.conf && systemctl restart dnsmasq`,
				),
			repairs: [/Write the names/],
		},
		{
			name: 'the resolver was stopped',
			break: (lab) => lab.output('sandbox1', 'systemctl disable --now dnsmasq'),
			repairs: [/Start it/],
		},
	],

	removal: {
		vars: { dns_local_state: 'absent' },
		async verify(t, lab) {
			t.not(await answer(lab, 'rancher.g2p.test'), lab.address('sandbox1'));
			t.is(await answer(lab, 'printer.example'), '192.0.2.9', 'what others have configured stays');
		},
	},
});
