import { writeFile } from 'node:fs/promises';
import test from 'ava';
import { play } from './fixtures/containers/command-line.ts';
import { testImage } from './fixtures/containers/images.ts';
import { startLab } from './fixtures/containers/lab.ts';
import { expected, scan } from './fixtures/ports/scan.ts';
import { administrator, equip, outsiders, sites, stage } from './fixtures/ports/site.ts';

// Who reaches what: a stranger of the private network, somebody on the internet side, an administrator on the VPN, a
// pod, and every host knock at all ports of all hosts, by TCP and UDP, IPv4 and IPv6. What comes through is exactly what
// the table of ports says.

test(`the table of ports, and not a way more (${testImage})`, async (t) => {
	t.timeout(15 * 60_000);
	const lab = await startLab(t, [...sites, ...outsiders.map((name) => ({ name, groups: [] }))]);
	await equip(lab);
	const playbook = `${lab.folder}-ports.yml`;
	const gateway = lab.address('rp1').replace(/\.\d+$/, '.1');
	const converge = async (when: string) => {
		const common = {
			become: true,
			vars: {
				ports_admin_networks: [`${gateway}/32`],
				ports_pod_networks: ['10.42.0.0/16', '10.43.0.0/16', 'fd42::/56'],
				nginx_rp_private_subnets: ['10.15.0.0/16', `${lab.address('stranger1')}/32`],
				wireguard_peers: [administrator.peer],
			},
		};
		const plays = [
			{ ...common, hosts: sites.map(({ name }) => name).join(':'), roles: ['firewall'] },
			{ ...common, hosts: 'rp1', roles: ['wireguard'] },
			{ ...common, hosts: 'all:!rp1:!laptop1:!stranger1:!citizen1', roles: ['vpn-route'] },
		];
		await writeFile(playbook, JSON.stringify(plays));
		const result = await play(playbook, lab.folder);
		t.is(result.code, 0, `${when}\n${result.stdout}${result.stderr}`);
	};
	const judge = async (when: string) => {
		const started = Date.now();
		await stage(lab);
		const [seen, wanted] = [await scan(lab), expected()];
		const less = (some: readonly string[], others: readonly string[]) =>
			some.filter((way) => !others.includes(way));
		t.deepEqual({ open: less(seen, wanted), closed: less(wanted, seen) }, { open: [], closed: [] }, when);
		t.log(`${when}: ${((Date.now() - started) / 1000).toFixed(1)} s`);
	};
	const everywhere = (line: string) => Promise.all(sites.map(({ name }) => lab.output(name, line)));

	await converge('converge');
	await judge('after a run');
	await everywhere('ufw reload');
	await judge('after ufw has read its rules again');
	await lab.restart();
	await judge('after a restart of all hosts, without a run');
	await everywhere('nft flush ruleset');
	await converge('after a flush by hand');
	await judge('after a flush by hand, and a run');
});
