import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ExecutionContext } from 'ava';
import test from 'ava';
import type { TestLab } from '../../../test/fixtures/containers/lab.ts';
import { type Again, roleTest } from '../../../test/fixtures/containers/role-test.ts';
import { channels } from './channels.ts';
import { expiry } from './expiry.ts';
import { answers, connect, connectWith, laptop, noneLost, server } from './laptops.ts';
import { rotation } from './rotation.ts';
import { traces } from './traces.ts';

const [ada, ben] = [laptop('laptop1', '10.15.0.2'), laptop('laptop2', '10.15.0.3')] as const;

const handshake = (lab: TestLab) =>
	lab.output('rp1', `wg show wg0 latest-handshakes | grep '${ada.peer.public_key}'`);

/** The last of those by which it came in: one that is not answered in time comes again after five seconds (REKEY_TIMEOUT). */
async function settled(lab: TestLab): Promise<string> {
	for (;;) {
		const seen = await handshake(lab);
		if (Date.now() / 1000 - Number(seen.split('\t')[1]) > 6) {
			return seen;
		}

		await sleep(1000);
	}
}

/** Peers and wrong values come and go while the first laptop pings. */
async function othersComeAndGo(t: ExecutionContext, lab: TestLab, again: Again): Promise<void> {
	const before = await settled(lab);

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
	await connectWith(lab, ben.name, text);
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

	// Cut off while it forgot what it had handed over; and what comes is not what is there.
	await lab.output('rp1', 'echo of another server >/etc/wireguard/wg0.peers/cleo/client.conf');
	const cut = await again('a file of another server', vars(cleo));
	t.is(cut.code, 0, cut.stdout);
	t.regex(cut.stdout, /another file was at \S+cleo-rp1\.conf; it is kept as/);
	const [kept = ''] = readdirSync(folder).filter((name) => /^cleo-rp1\.conf\..*bak$/.test(name));
	t.is(readFileSync(join(folder, kept), 'utf8'), text);
	t.is(readFileSync(file, 'utf8'), 'of another server\n');

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
		Promise.all([
			...[ada, ben].map(({ name }) => lab.output(name, 'apt-get install -yq wireguard-go wireguard-tools')),
			lab.output('rp1', 'apt-get install -yq iptables'),
		]),

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

	async change(t, lab, again) {
		await noneLost(t, lab, [ada.name, server], () => othersComeAndGo(t, lab, again));
		await channels(t, lab, again, [ada, ben]);
		await connect(lab, ada);
		await expiry(t, lab, again, [ada, ben]);
		await connect(lab, ada);
		await rotation(t, lab, again, [ada, ben]);
	},

	removal: {
		vars: { wireguard_state: 'absent', wireguard_peers: [ada.peer] },
		async verify(t, lab) {
			t.false(await answers(lab, ada.name));
			t.is((await lab.output('rp1', 'wg show interfaces')).trim(), '');
			t.not((await lab.run('rp1', 'systemctl cat g2pbook-wireguard-expiry.timer')).code, 0);
			t.is(await lab.output('rp1', 'ls -A /etc/wireguard'), 'wg0.key\nwg0.peers\n', 'the keys stay');
			t.deepEqual(
				(await traces(lab, /wg0|g2p/)).filter((line) => !line.startsWith('/etc/wireguard/')),
				[],
			);
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
			name: 'nobody looks whose time is over',
			break: (lab) =>
				lab.output(
					'rp1',
					'systemctl disable --now g2pbook-wireguard-expiry.timer && echo >/usr/local/sbin/g2pbook-wireguard-expiry',
				),
			repairs: [/Write what cuts off/, /Look at the time of peers/],
		},
		{
			name: 'packets are not forwarded',
			break: (lab) => lab.output('rp1', 'sysctl -qw net.ipv4.ip_forward=0'),
			repairs: [/Forward packets/],
		},
	],
});
