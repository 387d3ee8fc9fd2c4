import test from 'ava';
import { roleTest } from '../../../test/fixtures/containers/role-test.ts';
import { crash } from './crash.ts';
import { ipv6 } from './ipv6.ts';
import { answers, connect, laptop } from './laptops.ts';
import { rename } from './rename.ts';
import { words } from './words.ts';

// The second half of the role's life, in a lab of its own beside the first: what a tunnel lives through in the years.

const [ada, ben] = [laptop('laptop1', '10.15.0.2'), laptop('laptop2', '10.15.0.3')] as const;

roleTest(test, {
	role: 'wireguard',
	hosts: [
		{ name: 'rp1', groups: ['reverse_proxy'] },
		{ name: ada.name, groups: [] },
		{ name: ben.name, groups: [] },
	],
	pattern: 'reverse_proxy',
	vars: { wireguard_peers: [ada.peer] },

	prepare: (lab) =>
		Promise.all([
			...[ada, ben].map(({ name }) => lab.output(name, 'apt-get install -yq wireguard-go wireguard-tools')),
			lab.output('rp1', 'apt-get install -yq iptables'),
		]),

	async verify(t, lab) {
		await connect(lab, ada);
		t.true(await answers(lab, ada.name));
	},

	async change(t, lab, again) {
		await ipv6(t, lab, again, ada);
		await connect(lab, ada);
		await crash(t, lab, again, ada);
		await rename(t, lab, again, [ada, ben]);
		await words(t, lab, again);
	},

	drift: [
		{
			name: 'the program is gone, and nobody watches it',
			break: (lab) =>
				lab.output(
					'rp1',
					`rm -r /etc/systemd/system/wg-quick@wg0.service.d; systemctl daemon-reload
					kill -9 $(systemctl show --property=MainPID --value wg-quick@wg0); sleep 1`,
				),
			repairs: [
				/Make a place for what systemd/,
				/Have the program come back/,
				/has failed/,
				/Start the tunnel/,
			],
		},
		{
			name: 'IPv6 was let in by hand, and a rule of another port is there',
			break: (lab) =>
				lab.output(
					'rp1',
					`sysctl -qw net.ipv6.conf.wg0.disable_ipv6=0
					iptables -I INPUT -p udp --dport 51999 -m comment --comment g2pbook-wireguard-wg0 -j ACCEPT`,
				),
			repairs: [/Bring the running tunnel in line/],
		},
	],
});
