import type { ExecutionContext } from 'ava';
import type { TestLab } from '../../../test/fixtures/containers/lab.ts';
import type { Again } from '../../../test/fixtures/containers/role-test.ts';
import { connect, type Laptop } from './laptops.ts';

/** Somebody lets IPv6 into the tunnel by hand, on both sides. */
async function letIn(lab: TestLab, ada: Laptop): Promise<void> {
	const on = (address: string) =>
		`sysctl -qw net.ipv6.conf.wg0.disable_ipv6=0; ip -6 addr replace ${address}/64 dev wg0 nodad`;
	await lab.output(
		'rp1',
		`${on('fd15::1')}; wg set wg0 peer '${ada.peer.public_key}' allowed-ips ${ada.address}/32,fd15::2/128,fe80::/10`,
	);
	await lab.output(
		ada.name,
		`${on('fd15::2')}; wg set wg0 peer "$(wg show wg0 peers)" allowed-ips 10.15.0.0/16,fd15::/64,fe80::/10`,
	);
}

/** What of the server answers by IPv6. */
async function open(lab: TestLab, { name }: Laptop): Promise<readonly string[]> {
	const own = (
		await lab.run('rp1', "ip -6 -o addr show dev wg0 scope link | awk '{print $4}' | cut -d/ -f1")
	).stdout.trim();
	const ways = {
		ping: 'ping -6 -c 2 -i 0.3 -W 2 fd15::1',
		tcp: "timeout 3 bash -c 'exec 3<>/dev/tcp/fd15::1/22'",
		'ping of its own link': `ping -6 -c 2 -i 0.3 -W 2 ${own === '' ? 'fe80::1' : own}%wg0`,
	};
	const seen = await Promise.all(
		Object.entries(ways).map(async ([way, line]) => ((await lab.run(name, line)).code === 0 ? [way] : [])),
	);
	return seen.flat();
}

/** Nothing passes by IPv6: not by what the role sets, and not by channels when somebody has set it otherwise. */
export async function ipv6(t: ExecutionContext, lab: TestLab, again: Again, ada: Laptop): Promise<void> {
	const channels = {
		wireguard_channels: [{ name: 'admins', subnet: '10.15.0.0/24' }],
		wireguard_peers: [{ ...ada.peer, channel: 'admins' }],
	};
	await connect(lab, ada);
	await letIn(lab, ada);
	t.deepEqual(
		await open(lab, ada),
		['ping', 'tcp', 'ping of its own link'],
		'or what is closed later shows nothing',
	);
	t.is((await again('IPv6 was let in by hand', {})).code, 0);
	t.deepEqual(await open(lab, ada), []);

	t.is((await again('channels', channels)).code, 0);
	await letIn(lab, ada);
	t.deepEqual(await open(lab, ada), [], 'a channel lets nothing pass by IPv6');
	t.is((await again('no channels', {})).code, 0);
}
