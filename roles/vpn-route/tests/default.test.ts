import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import test from 'ava';
import type { TestLab } from '../../../test/fixtures/containers/lab.ts';
import { type Again, roleTest } from '../../../test/fixtures/containers/role-test.ts';

/** Whether a peer, which stands behind the proxy with an address of the tunnel, gets an answer. */
const answers = async (lab: TestLab): Promise<boolean> =>
	(await lab.run('rp1', `ip netns exec peer ping -c 2 -i 0.3 -W 2 ${lab.address('storage1')}`)).code === 0;

const routes = (lab: TestLab) => lab.output('storage1', "ip -4 route show proto 115 | awk '{print $1, $3}'");

/** The inventory says something else of the proxies, for as long as the work takes. */
async function saying(lab: TestLab, vars: object, work: () => Promise<unknown>): Promise<void> {
	const folder = join(lab.folder, 'group_vars');
	await mkdir(folder, { recursive: true });
	await writeFile(join(folder, 'reverse_proxy.yml'), JSON.stringify(vars));
	await work();
	await rm(join(folder, 'reverse_proxy.yml'));
}

async function change(t: ExecutionContext, lab: TestLab, again: Again): Promise<void> {
	await lab.restart('storage1');
	t.true(await answers(lab), 'after a restart of the host');

	await saying(lab, { wireguard_address: '10.16.0.1/16' }, async () => {
		const { code, stdout } = await again('another subnet', {});
		t.is(code, 0, stdout);
		t.is(await routes(lab), `10.16.0.0/16 ${lab.address('rp1')}\n`, 'the old route is gone');
		t.false(await answers(lab));
	});
	// A run that was cut off after it had written the unit: systemd has not read it, and the routes are the old ones.
	const unit = '/etc/systemd/system/g2pbook-vpn-route.service';
	await lab.output('storage1', `sed -i 's,10\\.16\\.,10.15.,' ${unit}`);
	t.is((await again('cut off in between', {})).code, 0);
	t.is(await routes(lab), `10.15.0.0/16 ${lab.address('rp1')}\n`);
	await saying(lab, { private_address: '203.0.113.7' }, async () => {
		const { code, stdout, effects } = await again('a proxy behind a router', {});
		t.is(code, 2);
		t.regex(stdout, /another router is between[\s\S]*203\.0\.113\.7[\s\S]*Nothing was changed/);
		t.deepEqual(effects, []);
	});
	await saying(lab, { private_address: 'rp1.example' }, async () => {
		const { code, stdout } = await again('a proxy without an address', {});
		t.is(code, 2);
		t.regex(stdout, /these proxies have none in the inventory: rp1\./);
	});
	await lab.output('storage1', `rm ${unit} && systemctl daemon-reload`);
	t.is((await again('taken away, and nothing left of the unit', { vpn_route_state: 'absent' })).code, 0);
	t.is(await routes(lab), '');
	t.is(await lab.output('storage1', "find /etc/systemd/system -name '*vpn-route*'"), '');
	t.is((await again('as before', {})).code, 0);
	t.true(await answers(lab));
}

roleTest(test, {
	role: 'vpn-route',
	hosts: [
		{ name: 'rp1', groups: ['reverse_proxy'] },
		{ name: 'storage1', groups: ['storage'] },
	],

	async prepare(lab) {
		await lab.output(
			'rp1',
			`set -e
			sysctl -qw net.ipv4.ip_forward=1
			ip netns add peer
			ip link add tunnel0 type veth peer name eth0 netns peer
			ip addr add 10.15.0.1/16 dev tunnel0 && ip link set tunnel0 up
			ip netns exec peer sh -c 'ip addr add 10.15.0.2/16 dev eth0; ip link set eth0 up; ip route add default via 10.15.0.1'`,
		);
		if (await answers(lab)) {
			throw new Error('the test shows nothing: answers find their way without the role');
		}
	},

	async verify(t, lab) {
		t.true(await answers(lab), 'a peer reaches the host, with its own address');
		t.is(await routes(lab), `10.15.0.0/16 ${lab.address('rp1')}\n`);
		t.is(await lab.output('rp1', 'ip -4 route show proto 115'), '', 'the proxy itself has the tunnel');
		t.not((await lab.run('rp1', 'systemctl cat g2pbook-vpn-route')).code, 0);
	},

	change,

	drift: [
		{
			name: 'the route was taken out by hand',
			break: (lab) => lab.output('storage1', 'ip route del 10.15.0.0/16'),
			repairs: [/Bring the routes in line/],
		},
		{
			name: 'the route leads elsewhere, beside one of somebody else',
			break: (lab) =>
				lab.output(
					'storage1',
					`gateway=$(ip -4 route show default | awk '{print $3}')
					ip route replace 10.15.0.0/16 via "$gateway" proto 115; ip route add 198.51.100.0/24 via "$gateway"`,
				),
			repairs: [/Bring the routes in line/],
		},
		{
			name: 'the unit is gone, and systemd knows',
			break: (lab) =>
				lab.output(
					'storage1',
					'rm /etc/systemd/system/g2pbook-vpn-route.service; systemctl daemon-reload; ip route flush proto 115',
				),
			repairs: [/Write the unit/, /Set the routes at every start/, /Bring the routes in line/],
		},
		{
			name: 'the unit was stopped',
			break: (lab) => lab.output('storage1', 'systemctl disable --now g2pbook-vpn-route'),
			repairs: [/Set the routes at every start/],
		},
	],

	removal: {
		vars: { vpn_route_state: 'absent' },
		async verify(t, lab) {
			t.false(await answers(lab));
			t.is(await routes(lab), '');
			t.regex(await lab.output('storage1', 'ip route'), /198\.51\.100\.0\/24/, 'others keep their routes');
			t.not((await lab.run('storage1', 'systemctl cat g2pbook-vpn-route')).code, 0);
		},
	},
});
