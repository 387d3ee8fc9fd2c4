import { setTimeout as sleep } from 'node:timers/promises';
import type { ExecutionContext } from 'ava';
import test from 'ava';
import type { TestLab } from '../../../test/fixtures/containers/lab.ts';
import { type Again, announced, roleTest } from '../../../test/fixtures/containers/role-test.ts';

/** In the private network, and nobody that the inventory gives a part. */
const stranger = 'stranger1';

type Row = readonly [from: string, to: string, port: number, isOpen: boolean];

/** What listens: 30080 on the host itself, 30432 as kube-proxy has it, on its way to somewhere else. */
const pairs: readonly Row[] = [
	['rp1', 'compute1', 30080, true],
	[stranger, 'compute1', 30080, false],
	['storage1', 'compute1', 30080, false],
	['rp1', 'compute1', 30432, true],
	[stranger, 'compute1', 30432, false],
	['storage1', 'compute1', 30432, false],
	['compute1', 'storage1', 5432, true],
	[stranger, 'storage1', 5432, false],
	['rp1', 'storage1', 5432, false],
	['compute1', 'storage1', 2049, true],
	[stranger, 'storage1', 2049, false],
	[stranger, 'storage1', 111, false],
	[stranger, 'compute1', 2379, false],
	[stranger, 'compute1', 9345, false],
	[stranger, 'compute1', 10250, false],
	[stranger, 'compute1', 6443, false],
	[stranger, 'compute1', 22, true],
	[stranger, 'rp1', 443, true],
	[stranger, 'rp1', 8080, false],
];

/** As an address of IPv6 has it, nothing is open: the inventory names none. */
const sixth = (lab: TestLab, host: string): string => `fd00:67::${lab.address(host).split('.').at(-1)}`;

async function reaches(lab: TestLab, from: string, address: string, port: number): Promise<boolean> {
	const { code } = await lab.run(from, `timeout 2 bash -c 'exec 3<>/dev/tcp/${address}/${port}' 2>/dev/null`);
	return code === 0;
}

/** Which of the pairs have a way, and IPv6 from a stranger to NodePorts last. */
async function seen(lab: TestLab): Promise<readonly Row[]> {
	return await Promise.all([
		...pairs.map(
			async ([from, to, port]): Promise<Row> => [
				from,
				to,
				port,
				await reaches(lab, from, lab.address(to), port),
			],
		),
		...[30080, 30432].map(
			async (port): Promise<Row> => [
				stranger,
				'compute1 by IPv6',
				port,
				await reaches(lab, stranger, sixth(lab, 'compute1'), port),
			],
		),
	]);
}

const expected: readonly Row[] = [
	...pairs,
	[stranger, 'compute1 by IPv6', 30080, false],
	[stranger, 'compute1 by IPv6', 30432, false],
];

/** Something behind every port, and a way from one NodePort to the database as kube-proxy makes it. */
async function listen(lab: TestLab): Promise<void> {
	await Promise.all(
		lab.hosts.map(async ({ name }) => {
			const ports = pairs.flatMap(([, to, port]) =>
				to === name && ![22, 30432].includes(port) ? [port] : [],
			);
			const units = [...new Set(ports)].map(
				(port) =>
					`systemd-run --quiet --unit listen-${port} systemd-socket-activate --accept --listen=${port} cat\n`,
			);
			await lab.output(
				name,
				`sysctl -qw net.ipv6.conf.eth0.disable_ipv6=0 && ip -6 addr add ${sixth(lab, name)}/64 dev eth0 nodad
				${units.join('')}`,
			);
		}),
	);
	await lab.output('compute1', routed(lab));
}

async function prepare(lab: TestLab): Promise<void> {
	await lab.output('compute1', 'apt-get install -yq iptables');
	await lab.output('storage1', 'apt-get install -yq nftables');
	await listen(lab);
	await sleep(500);
	const closed = (await seen(lab)).filter(([, , , isOpen]) => !isOpen);
	if (closed.length > 0) {
		throw new Error(`the test shows nothing: closed before there is a firewall: ${closed.join('; ')}`);
	}
}

async function verify(t: ExecutionContext, lab: TestLab): Promise<void> {
	await closed(t, lab);
	t.deepEqual(await seen(lab), expected);
	const status = await lab.output('storage1', 'ufw status verbose');
	t.regex(status, /^Status: active$/m);
	t.regex(status, /^Default: deny \(incoming\), allow \(outgoing\), deny \(routed\)$/m);
	const rules = status.split('\n').filter((line) => /ALLOW|DENY/.test(line));
	t.deepEqual(
		rules.filter((line) => !/# (g2pbook:firewall: [\w-]+|of somebody else)$/.test(line.trim())),
		[],
	);
}

const routed = (lab: TestLab): string => `set -e
	sysctl -qw net.ipv4.ip_forward=1
	sysctl -qw net.ipv6.conf.all.forwarding=1
	iptables -t nat -A PREROUTING -p tcp --dport 30432 -j DNAT --to-destination ${lab.address('storage1')}:5432
	iptables -t nat -A POSTROUTING -j MASQUERADE
	iptables -I FORWARD -j ACCEPT
	ip6tables -t nat -A PREROUTING -p tcp --dport 30432 -j DNAT --to-destination '[${sixth(lab, 'storage1')}]:5432'
	ip6tables -t nat -A POSTROUTING -j MASQUERADE
	ip6tables -I FORWARD -j ACCEPT`;

async function change(t: ExecutionContext, lab: TestLab, again: Again): Promise<void> {
	await lab.output('compute1', 'ufw reload');
	await verify(t, lab);

	await lab.output('storage1', 'iptables -I INPUT -p tcp --dport 8099 -j ACCEPT');
	t.regex(
		(await again('a rule of another program', {})).stdout,
		/before ufw is asked.*iptables -A INPUT .*8099/s,
	);
	await lab.output('storage1', 'iptables -D INPUT -p tcp --dport 8099 -j ACCEPT');

	// What a host that comes changes on those that are there: the file, and by it the kernel.
	const more = { ports_pod_networks: ['10.42.0.0/16', '10.50.0.0/16'] };
	const check = await again('check of another network of pods', more, '--check');
	announced(t, check.effects, (await again('another network of pods', more)).effects);
	t.is((await again('without it', {})).code, 0);

	const { code, stdout } = await again('administrators are elsewhere', {
		ports_admin_networks: ['192.0.2.0/24'],
	});
	t.is(code, 2, 'who is at work is not shut out');
	t.regex(stdout, /would shut out ssh/);

	await lab.restart();
	await listen(lab);
	await sleep(500);
	await verify(t, lab);
}

/** A firewall that is on by the word of its files, and not in the kernel. */
const emptied = {
	'every table was emptied by hand': 'nft flush ruleset',
	'ufw was flushed by hand': '/lib/ufw/ufw-init flush-all',
	'IPv6 was only half loaded': `for chain in $(ip6tables -S | sed -n 's/^-N \\(ufw6-user.*\\)/\\1/p'); do ip6tables -F $chain; done
		ip6tables -F ufw6-before-input; ip6tables -P INPUT ACCEPT`,
	'the jumps to its chains are gone': 'iptables -P INPUT ACCEPT; iptables -F INPUT',
	'somebody let everybody in, in one of its chains': 'iptables -I ufw-user-input -j ACCEPT',
	'IPv6 is not for ufw, and was opened': `sed -i s/^IPV6=.*/IPV6=no/ /etc/default/ufw; ufw reload
		ip6tables -P INPUT ACCEPT; ip6tables -P FORWARD ACCEPT`,
	'IPv6 is for ufw again, which has not been told': 'sed -i s/^IPV6=.*/IPV6=yes/ /etc/default/ufw',
};
const proven = [/switched off again by itself/, /Let in what/, /Leave it on/];

/** By the kernel's own words, in both families. */
async function closed(t: ExecutionContext, lab: TestLab): Promise<void> {
	const tables = await lab.output('storage1', 'iptables -S; ip6tables -S');
	t.is(tables.match(/^-P (INPUT|FORWARD) DROP$/gm)?.length, 4);
	t.is(tables.match(/^-A INPUT -j ufw6?-before-input$/gm)?.length, 2);
	const armed = await lab.run('storage1', 'systemctl is-active g2pbook-firewall-undo.timer');
	t.is(armed.stdout.trim(), 'inactive', 'nothing is left that would switch it off');
}

roleTest(test, {
	role: 'firewall',
	hosts: [
		{ name: 'rp1', groups: ['reverse_proxy'] },
		{ name: 'compute1', groups: ['rke2_servers'] },
		{ name: 'storage1', groups: ['storage'] },
		{ name: stranger, groups: [] },
	],
	pattern: `all:!${stranger}`,
	vars: {
		ports_more: [
			{
				name: 'mesh',
				use: 'the database',
				from: ['reverse_proxy'],
				to: ['rke2_servers'],
				proto: 'tcp',
				port: 30432,
			},
		],
	},

	prepare,
	verify,
	change,

	drift: [
		{
			name: 'the firewall was switched off',
			break: (lab) => lab.output('storage1', 'ufw disable'),
			repairs: [/switched off again by itself/, /Let in what/, /Leave it on/],
		},
		{
			name: 'a run was cut off before it had seen that a new login works',
			break: (lab) =>
				lab.output(
					'storage1',
					'systemd-run --unit=g2pbook-firewall-undo --on-active=3600 /usr/sbin/ufw disable',
				),
			repairs: [/switched off again by itself/, /Leave it on/],
		},
		{
			name: 'the next boot would load nothing',
			break: (lab) => lab.output('storage1', 'systemctl disable ufw'),
			repairs: [/Load it at every boot/],
		},
		...Object.entries(emptied).map(([name, line]) => ({
			name,
			break: (lab: TestLab) => lab.output('storage1', line),
			repairs: proven,
		})),
		{
			name: 'a port was closed by hand, another opened in our name, and somebody has a rule of his own',
			break: (lab) =>
				lab.output(
					'storage1',
					`ufw delete allow proto tcp from ${lab.address('compute1')} to any port 5432
					ufw allow 8080/tcp comment 'g2pbook:firewall: mine'; ufw allow 8081/tcp comment 'of somebody else'`,
				),
			repairs: [/Let in what/],
		},
		{
			name: 'the filter of NodePorts was taken out of the kernel',
			break: (lab) => lab.output('compute1', 'nft delete table inet g2p_nodeports'),
			repairs: [/Bring the kernel in line/],
		},
		{
			name: 'a NodePort was opened by hand',
			break: (lab) =>
				lab.output('compute1', 'nft insert rule inet g2p_nodeports doors tcp dport 30080 accept'),
			repairs: [/Bring the kernel in line/],
		},
	],

	removal: {
		vars: { firewall_state: 'absent' },
		async verify(t, lab) {
			t.regex(
				await lab.output('storage1', 'ufw status'),
				/Status: active[\s\S]*8081/,
				'others keep their rules',
			);
			t.true(await reaches(lab, stranger, lab.address('storage1'), 22));
			t.false(await reaches(lab, 'compute1', lab.address('storage1'), 5432));
			t.not((await lab.run('compute1', 'nft list table inet g2p_nodeports')).code, 0);
		},
	},
});
