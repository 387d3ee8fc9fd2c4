import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import test from 'ava';
import { noneLost, server } from '../roles/wireguard/tests/laptops.ts';
import { apart } from './fixtures/channels/apart.ts';
import { forged } from './fixtures/channels/forged.ts';
import { play, repository } from './fixtures/containers/command-line.ts';
import { testImage } from './fixtures/containers/images.ts';
import { startLab, type TestLab } from './fixtures/containers/lab.ts';

// The two channels with everything that guards them at work: firewall, tunnel, proxy. An attacker's requests from
// four places, while nothing is public and while an environment is.

const [admin, service, other] = ['rancher.g2p.test', 'svc.pilot.g2p.test', 'unknown.g2p.test'];
/** On the internet, on the VPN, in the private network without a part, in the network of pods. */
type Place = 'citizen1' | 'laptop1' | 'private1' | 'pod';
type Row = {
	readonly from: Place;
	readonly to: 'proxy' | 'node';
	readonly sni: string;
	readonly words?: string;
	/** The status, `closed` for a connection that gets no answer, `refused` for one that is ended. */
	readonly off: string;
	readonly on: string;
};

const rows: readonly Row[] = [
	{ from: 'citizen1', to: 'proxy', sni: admin, off: 'closed', on: '403' },
	...forged(admin).map(
		(words): Row => ({ from: 'citizen1', to: 'proxy', sni: service, words, off: 'closed', on: '421' }),
	),
	{ from: 'citizen1', to: 'proxy', sni: service, off: 'closed', on: '200' },
	{ from: 'citizen1', to: 'proxy', sni: service, words: '--path-as-is /admin/', off: 'closed', on: '403' },
	{
		from: 'citizen1',
		to: 'proxy',
		sni: service,
		// Who reads it as what is not known, so nobody gets to read it.
		words: '--path-as-is //x/../admin/',
		off: 'closed',
		on: '400',
	},
	{ from: 'citizen1', to: 'proxy', sni: service, words: '--path-as-is /%61dmin/', off: 'closed', on: '403' },
	{ from: 'citizen1', to: 'proxy', sni: other, off: 'closed', on: 'refused' },
	{ from: 'citizen1', to: 'node', sni: admin, off: 'closed', on: 'closed' },
	{ from: 'laptop1', to: 'proxy', sni: admin, off: '200', on: '200' },
	{ from: 'laptop1', to: 'proxy', sni: service, words: '--path-as-is /admin/', off: '200', on: '200' },
	{ from: 'laptop1', to: 'proxy', sni: other, off: 'refused', on: 'refused' },
	{ from: 'laptop1', to: 'node', sni: admin, off: 'closed', on: 'closed' },
	{ from: 'private1', to: 'proxy', sni: admin, off: '200', on: '200' },
	{ from: 'private1', to: 'node', sni: admin, off: 'closed', on: 'closed' },
	{ from: 'pod', to: 'proxy', sni: admin, off: '200', on: '200' },
	{ from: 'pod', to: 'proxy', sni: service, off: '200', on: '200' },
];

const name = ({ from, to, sni, words = '' }: Row): string => `${from} → ${to}: ${sni} ${words}`.trim();

async function answer(lab: TestLab, { from, to, sni, words = '' }: Row): Promise<string> {
	// The tunnel's own address: an endpoint cannot be reached through itself.
	const proxy = from === 'laptop1' ? '10.15.0.1' : lab.address('rp1');
	const [, option = '', path = '/'] = /^(--path-as-is) (.*)$/.exec(words) ?? [];
	const options = `-sk -m 4 -o /dev/null -w '%{http_code}' ${option === '' ? words : option}`;
	const line =
		to === 'proxy'
			? `curl ${options} --resolve ${sni}:443:${proxy} 'https://${sni}${path}'`
			: `curl ${options} -H 'Host: ${sni}' http://${lab.address('compute1')}:30080/`;
	const { code, stdout } =
		from === 'pod' ? await lab.run('compute1', `ip netns exec pod ${line}`) : await lab.run(from, line);
	// 28: nothing came back in time.
	return code === 28 ? 'closed' : code === 0 ? stdout : 'refused';
}

/** A gateway on the NodePort, a pod behind the node's address, and what peers of a channel may look at. */
async function prepare(lab: TestLab): Promise<void> {
	const upstream = readFileSync(join(repository, 'roles/nginx-rp/tests/upstream.py'), 'utf8');
	const tools = {
		compute1: 'python3-minimal python3 iptables curl',
		laptop1: 'wireguard-tools wireguard-go curl',
		auditor1: 'wireguard-tools wireguard-go',
	};
	await Promise.all(
		Object.entries({ ...tools, citizen1: 'curl', private1: 'curl' }).map(([host, packages]) =>
			lab.output(host, `apt-get install -yq ${packages}`),
		),
	);
	await lab.output(
		'compute1',
		`cat >/root/upstream.py <<'END'
${upstream}END
		systemd-run --quiet --unit upstream python3 /root/upstream.py
		set -e
		sysctl -qw net.ipv4.ip_forward=1
		ip netns add pod
		ip link add cali0 type veth peer name eth0 netns pod
		ip addr add 10.42.0.1/24 dev cali0 && ip link set cali0 up
		ip netns exec pod sh -c 'ip addr add 10.42.0.5/24 dev eth0; ip link set eth0 up; ip link set lo up; ip route add default via 10.42.0.1'
		iptables -t nat -A POSTROUTING -s 10.42.0.0/16 ! -d 10.42.0.0/16 -j MASQUERADE
		for port in 6443 9443; do
			systemd-run --quiet --unit listen-$port systemd-socket-activate --accept --listen=$port cat
		done`,
	);
}

test(`the channels, and who tries to get around them (${testImage})`, async (t) => {
	t.timeout(10 * 60_000);
	const lab = await startLab(t, [
		{ name: 'rp1', groups: ['reverse_proxy'] },
		{ name: 'compute1', groups: ['rke2_servers'] },
		{ name: 'citizen1', groups: [] },
		{ name: 'laptop1', groups: [] },
		{ name: 'auditor1', groups: [] },
		{ name: 'private1', groups: [] },
	]);
	await prepare(lab);
	const clients = `${lab.folder}-clients`;
	const playbook = `${lab.folder}-channels.yml`;
	const converge = async (isPublic: boolean, more: object = {}, ...words: readonly string[]) => {
		const vars = {
			nginx_rp_domain: 'g2p.test',
			nginx_rp_private_subnets: [
				'10.15.0.0/16',
				...['compute1', 'private1'].map((host) => `${lab.address(host)}/32`),
			],
			nginx_rp_environments: [
				{ name: 'pilot', server_name: service, public: isPublic, private_paths: ['/admin'] },
			],
			wireguard_peers: [{ name: 'laptop', address: '10.15.0.2' }],
			wireguard_endpoint: lab.address('rp1'),
			wireguard_routes: [`${lab.address('compute1')}/32`],
			wireguard_client_folder: clients,
			...more,
		};
		const common = { become: true, vars };
		const plays = [
			{ ...common, hosts: 'rp1:compute1', roles: ['firewall'] },
			{ ...common, hosts: 'rp1', roles: ['wireguard', 'nginx-rp'] },
			{ ...common, hosts: 'compute1', roles: ['vpn-route'] },
		];
		await writeFile(playbook, JSON.stringify(plays));
		const result = await play(playbook, lab.folder, words);
		t.is(result.code, 0, result.stdout + result.stderr);
		return result;
	};

	const judge = async (when: 'off' | 'on') => {
		// nginx ends its old processes after it has answered the reload.
		await sleep(1000);
		const answers = await Promise.all(rows.map(async (row) => [name(row), await answer(lab, row)]));
		t.deepEqual(
			answers,
			rows.map((row) => [name(row), row[when]]),
			`public ${when}`,
		);
	};

	await converge(false);
	const file = readFileSync(join(clients, 'laptop-rp1.conf'), 'utf8');
	await lab.output(
		'laptop1',
		`umask 077; cat >/etc/wireguard/wg0.conf <<'END' && wg-quick up wg0\n${file}\nEND`,
	);
	const ssh = `timeout 4 bash -c 'exec 3<>/dev/tcp/${lab.address('compute1')}/22'`;
	t.is(
		(await lab.run('laptop1', ssh)).code,
		0,
		'administrators reach the hosts behind, so what is closed is closed',
	);
	await judge('off');
	await converge(true);
	await judge('on');
	await lab.output('rp1', 'ufw reload');
	await judge('on');

	// Who is connected notices neither a reload nor a run that changes what is open, at the proxy or behind it.
	await noneLost(t, lab, ['laptop1', lab.address('compute1')], async () => {
		for (let time = 0; time < 3; time++) {
			await lab.output('rp1', 'ufw reload');
		}
	});
	await noneLost(t, lab, ['laptop1', server], () => lab.output('rp1', 'ufw reload'));
	await noneLost(t, lab, ['laptop1', lab.address('compute1')], () => converge(false));
	await judge('off');

	await apart(t, lab, converge);
	await converge(false);
});
