import { generateKeyPairSync } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import test from 'ava';
import type { TestLab } from '../../../test/fixtures/containers/lab.ts';
import { type Again, roleTest } from '../../../test/fixtures/containers/role-test.ts';

/** A laptop with WireGuard: its keys, and its address inside the tunnel. */
function laptop(name: string, address: string) {
	const { privateKey } = generateKeyPairSync('x25519');
	const { d = '', x = '' } = privateKey.export({ format: 'jwk' });
	const base64 = (text: string) => Buffer.from(text, 'base64url').toString('base64');
	return { name, address, key: base64(d), peer: { name, address, public_key: base64(x) } };
}

const [ada, ben] = [laptop('laptop1', '10.15.0.2'), laptop('laptop2', '10.15.0.3')];
const server = '10.15.0.1';

/** Connect as an administrator does: with a client file that names the server's key. */
async function connect(lab: TestLab, { name, address, key }: typeof ada): Promise<void> {
	const serverKey = (await lab.output('rp1', 'wg show wg0 public-key')).trim();
	const configuration = [
		'[Interface]',
		`PrivateKey = ${key}`,
		`Address = ${address}/32`,
		'[Peer]',
		`PublicKey = ${serverKey}`,
		`Endpoint = ${lab.address('rp1')}:51820`,
		'AllowedIPs = 10.15.0.0/16',
		'PersistentKeepalive = 25',
	].join('\n');
	await lab.output(
		name,
		`umask 077; wg-quick down wg0 2>/dev/null; echo '${configuration}' >/etc/wireguard/wg0.conf && wg-quick up wg0`,
	);
}

const answers = async (lab: TestLab, from: string): Promise<boolean> =>
	(await lab.run(from, `ping -c 3 -i 0.5 -W 2 ${server}`)).code === 0;

const handshake = (lab: TestLab) =>
	lab.output('rp1', `wg show wg0 latest-handshakes | grep '${ada.peer.public_key}'`);

/** Peers, the port and wrong values come and go while the first laptop pings ten times a second. */
async function othersComeAndGo(t: ExecutionContext, lab: TestLab, again: Again): Promise<void> {
	await lab.output(ada.name, `setsid ping -i 0.1 ${server} >/tmp/ping 2>&1 </dev/null & echo $! >/tmp/pid`);
	const before = await handshake(lab);

	const added = await again('a second peer', { wireguard_peers: [ada.peer, ben.peer] });
	t.is(added.code, 0, added.stdout + added.stderr);
	await connect(lab, ben);
	t.true(await answers(lab, ben.name), 'the new peer is let in');

	const refused = await again('a key that is none', {
		wireguard_peers: [ada.peer, { ...ben.peer, public_key: 'no key' }],
	});
	t.not(refused.code, 0);
	t.regex(refused.stdout + refused.stderr, /nothing was changed/);
	t.true(await answers(lab, ben.name), 'what is refused changes nothing');

	const removed = await again('the second peer is gone', {});
	t.is(removed.code, 0, removed.stdout + removed.stderr);
	t.false(await answers(lab, ben.name), 'who is taken out is cut off');

	await madeHere(t, lab, again);
	t.is(await handshake(lab), before, 'the first peer did not have to shake hands again');
	await lab.output(ada.name, 'kill -INT "$(pidof ping)"; sleep 1');
	t.regex(await lab.output(ada.name, 'cat /tmp/ping'), / 0% packet loss/);
}

/** A peer that brings no key along: its file comes here once, works, and nothing of it stays behind. */
async function madeHere(t: ExecutionContext, lab: TestLab, again: Again): Promise<void> {
	const folder = `${lab.folder}-clients`;
	const vars = (...more: readonly object[]) => ({
		wireguard_client_folder: folder,
		wireguard_endpoint: lab.address('rp1'),
		wireguard_peers: [ada.peer, ...more],
	});
	const cleo = { name: 'cleo', address: '10.15.0.4' };
	const made = await again('a peer without a key', vars(cleo));
	t.is(made.code, 0, made.stdout + made.stderr);
	const file = join(folder, 'cleo-rp1.conf');
	t.is(statSync(file).mode & 0o777, 0o600);
	const text = readFileSync(file, 'utf8');
	t.regex(readFileSync(join(folder, 'cleo-rp1.qr'), 'utf8'), /█/);
	await lab.output(
		ben.name,
		`umask 077; wg-quick down wg0; cat >/etc/wireguard/wg0.conf <<'END' && wg-quick up wg0\n${text}\nEND`,
	);
	t.true(await answers(lab, ben.name), 'the file that was handed over works');
	t.is((await lab.output('rp1', 'wg show wg0 preshared-keys | grep -vc none')).trim(), '1');
	t.is(
		await lab.output('rp1', 'find /etc/wireguard -name private.key -o -name "client.*"'),
		'',
		'and is forgotten',
	);
	const [, key = ''] = /PrivateKey = (.*)/.exec(text) ?? [];
	for (const { stdout } of [made, await again('the same again', vars(cleo))]) {
		t.false(stdout.includes(key));
	}

	t.deepEqual((await again('and again', vars(cleo))).effects, []);
	t.true(await answers(lab, ben.name), 'its keys stay the same');

	const many = await again('too many go', { ...vars(), wireguard_most_removed: 0 });
	t.is(many.code, 2);
	t.regex(many.stdout, /would cut off 1 peers/);
	t.true(await answers(lab, ben.name));
	t.is((await again('its time is over', vars({ ...cleo, expires: '2020-01-31' }))).code, 0);
	t.false(await answers(lab, ben.name), 'who has expired is cut off');
	t.is(await lab.output('rp1', 'ls /etc/wireguard/wg0.peers'), '', 'and so are its keys');
}

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
		Promise.all(
			[ada, ben].map(({ name }) => lab.output(name, 'apt-get install -yq wireguard-go wireguard-tools')),
		),

	async verify(t, lab) {
		t.is((await lab.output('rp1', 'wg show wg0 listen-port')).trim(), '51820');
		t.is(
			(await lab.output('rp1', "stat -c '%a %U' /etc/wireguard /etc/wireguard/wg0.conf")).trim(),
			'700 root\n600 root',
		);
		// Made once: what follows must never replace it, or nobody gets in any more.
		const key = await lab.output(
			'rp1',
			'wg show wg0 public-key | tee -a /root/keys | cat - /root/keys | sort -u',
		);
		t.regex(key, /^\S{44}\n$/);
		await connect(lab, ada);
		t.true(await answers(lab, ada.name), 'the peer reaches the server through the tunnel');
		await connect(lab, ben);
		t.false(await answers(lab, ben.name), 'nobody else does');
	},

	change: othersComeAndGo,

	removal: {
		vars: { wireguard_state: 'absent', wireguard_peers: [ada.peer] },
		async verify(t, lab) {
			t.false(await answers(lab, ada.name));
			t.is((await lab.output('rp1', 'wg show interfaces')).trim(), '');
			t.regex(await lab.output('rp1', 'ls /etc/wireguard'), /^wg0\.key\nwg0\.peers\n$/, 'the keys stay');
		},
	},

	drift: [
		{
			name: 'a peer was taken out by hand',
			break: (lab) => lab.output('rp1', `wg set wg0 peer '${ada.peer.public_key}' remove`),
			repairs: [/Bring the running tunnel in line/],
		},
		{
			name: 'a stranger was let in by hand',
			break: (lab) =>
				lab.output('rp1', `wg set wg0 peer '${ben.peer.public_key}' allowed-ips ${ben.address}/32`),
			repairs: [/Bring the running tunnel in line/],
		},
		{
			name: 'the configuration was edited',
			break: (lab) => lab.output('rp1', "sed -i 's/51820/51821/' /etc/wireguard/wg0.conf"),
			repairs: [/Write the configuration/],
		},
		{
			name: 'the tunnel was taken down',
			break: (lab) => lab.output('rp1', 'systemctl stop wg-quick@wg0'),
			repairs: [/Start the tunnel/],
		},
		{
			name: 'the interface is gone, and the unit does not know',
			break: (lab) => lab.output('rp1', 'ip link delete wg0; sleep 1'),
			repairs: [/Bring the running tunnel in line/],
		},
		{
			name: 'packets are not forwarded',
			break: (lab) => lab.output('rp1', 'sysctl -qw net.ipv4.ip_forward=0'),
			repairs: [/Forward packets/],
		},
	],
});
