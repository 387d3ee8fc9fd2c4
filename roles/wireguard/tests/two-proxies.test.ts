import { writeFile } from 'node:fs/promises';
import test from 'ava';
import { g2pbook, play } from '../../../test/fixtures/containers/command-line.ts';
import { startLab } from '../../../test/fixtures/containers/lab.ts';
import { quiet } from '../../../test/fixtures/containers/role-test.ts';
import { connect, laptop, server } from './laptops.ts';

/** Two proxies with one identity: the tunnel is where the address is, and a client does not have to know. */
test.serial('two proxies are one server', async (t) => {
	t.timeout(15 * 60_000);
	const proxies = ['rp1', 'rp2'];
	const lab = await startLab(t, [
		...proxies.map((name) => ({ name, groups: ['reverse_proxy'] })),
		{ name: 'compute1', groups: ['rke2_servers'] },
		{ name: 'laptop1', groups: [] },
	]);
	await lab.output('laptop1', 'apt-get install -yq wireguard-go wireguard-tools');
	t.is((await g2pbook(['secret', 'init', '-i', lab.folder])).code, 0);
	const address = lab.address('rp1').replace(/\d+$/, '250');
	const ada = laptop('laptop1', '10.15.0.2');
	const vars = {
		wireguard_peers: [ada.peer, { name: 'ben', address: '10.15.0.3' }],
		wireguard_client_folder: `${lab.folder}-clients`,
		nginx_rp_domain: 'g2p.test',
		vip_addresses: [{ name: 'proxy', address }],
		vip_boot_delay: 2,
	};
	const playbook = `${lab.folder}-two.yml`;
	await writeFile(
		playbook,
		JSON.stringify([
			{
				hosts: 'reverse_proxy',
				become: true,
				vars,
				roles: ['firewall', 'wireguard', 'nginx-rp', 'vip'],
			},
		]),
	);
	const run = (...words: string[]) => play(playbook, lab.folder, words);
	const up = async () => {
		const said = await Promise.all(proxies.map((name) => lab.run(name, 'wg show wg0')));
		return proxies.filter((_, index) => said[index]?.code === 0);
	};
	const has = async () => {
		const said = await Promise.all(
			proxies.map((name) => lab.run(name, `ip -o -4 addr | grep -qF ' ${address}/'`)),
		);
		return proxies.filter((_, index) => said[index]?.code === 0);
	};

	// As Production-Minimum has left it: one proxy, whose key clients know, and no other in the inventory.
	const alone = await run('--limit', 'rp1', '-e', '{"vip_addresses": [], "certs_group": "none"}');
	t.is(alone.code, 0, alone.stdout);
	const key = await lab.output('rp1', 'wg pubkey </etc/wireguard/wg0.key');
	const refused = await run('--limit', 'rp2');
	t.not(refused.code, 0, 'rp2 must not make a key of its own');
	const both = await run();
	t.is(both.code, 0, both.stdout + both.stderr);
	quiet(t, await run(), 'a second run must change nothing');
	quiet(t, await run('--check'), 'a check must be quiet');
	t.is(await lab.output('rp2', 'wg pubkey </etc/wireguard/wg0.key'), key);
	t.is(
		await lab.output('rp2', 'cat /etc/wireguard/wg0.peers/ben/preshared.key | sha256sum'),
		await lab.output('rp1', 'cat /etc/wireguard/wg0.peers/ben/preshared.key | sha256sum'),
	);
	const [first = ''] = await has();
	t.deepEqual(await up(), [first]);
	const same = 'openssl x509 -in /etc/g2pbook/tls/ca.crt -noout -fingerprint -sha256';
	t.is(await lab.output('rp1', same), await lab.output('rp2', same), 'one authority');

	await connect(lab, ada);
	await lab.output('laptop1', `wg set wg0 peer "$(wg show wg0 peers)" endpoint ${address}:51820`);
	await lab.output('laptop1', `ping -c 1 -W 5 ${server}`);
	const container = lab.hosts.find(({ name }) => name === first)?.container;
	await container?.kill();
	const back = `from=$(date +%s); timeout 40 sh -c 'until ping -c 1 -W 1 ${server}; do :; done' >/dev/null && echo $(($(date +%s) - from))`;
	const gap = Number(await lab.output('laptop1', back));
	t.true(gap <= 20, `${gap} s`);
	t.log(`the tunnel was away for ${gap} s`);
	await container?.start();
	await lab.output(
		first,
		'timeout 60 sh -c "until systemctl is-active --quiet keepalived; do sleep 0.5; done"; sleep 4',
	);
	t.deepEqual(await up(), await has());
	t.not((await has())[0], first);
	// The one that stands by is reached through the tunnel, too.
	await lab.output(
		'laptop1',
		`wg set wg0 peer "$(wg show wg0 peers)" allowed-ips 10.15.0.0/16,${lab.address(first)}/32
ip route replace ${lab.address(first)} dev wg0; ping -c 1 -W 5 ${lab.address(first)}`,
	);
	quiet(t, await run(), 'after it came back');
});
