import type { ExecutionContext } from 'ava';
import type { TestLab } from '../../../test/fixtures/containers/lab.ts';
import type { Again } from '../../../test/fixtures/containers/role-test.ts';
import { folder } from './lab.ts';

type Attempt = {
	readonly who: string;
	readonly from: string;
	readonly user?: string;
	/** What is done with a file of a folder below the exported one. */
	readonly does: 'reads' | 'writes' | 'lists';
	readonly path: string;
	/** From a network of its own behind the address of the host, in which everybody has low ports. */
	readonly pod?: true;
	readonly gets: 'it' | 'nothing';
};

const ipv6 = { storage1: 'fd00:6::1', compute1: 'fd00:6::2', stranger1: 'fd00:6::3' } as const;

/** Each is what the program of libnfs gets, which claims to be root whoever runs it. */
async function tried(t: ExecutionContext, lab: TestLab, attempts: readonly Attempt[]): Promise<void> {
	for (const { who, from, user = 'root', does, path, pod, gets } of attempts) {
		const url = `'nfs://${lab.address('storage1')}${folder}${path}?version=4&uid=0&gid=0'`;
		const line = { reads: `nfs-cat ${url}`, lists: `nfs-ls ${url}`, writes: `nfs-cp /etc/hostname ${url}` }[
			does
		];
		// A server that has just started refuses for its grace period.
		const again = gets === 'it' ? '1 2 3 4 5 6' : '1';
		const { code, stdout } = await lab.run(
			from,
			`for n in ${again}; do ${pod ? 'ip netns exec pod' : ''} runuser -u ${user} -- timeout 10 ${line} && exit; sleep 3; done; exit 1`,
		);
		t.is(code === 0 && stdout !== '', gets === 'it', `${who} ${does} ${path}\n${stdout}`);
	}
}

const pod = `set -e
apt-get install -yq iptables >/dev/null
sysctl -qw net.ipv4.ip_forward=1
ip netns add pod
ip link add cali0 type veth peer name eth0 netns pod
ip addr add 10.42.0.1/24 dev cali0 && ip link set cali0 up
ip netns exec pod sh -c 'ip addr add 10.42.0.5/24 dev eth0; ip link set eth0 up; ip route add default via 10.42.0.1'
ip netns exec pod sysctl -qw net.ipv4.ip_unprivileged_port_start=0
iptables -t nat -A POSTROUTING -s 10.42.0.0/16 ! -d 10.42.0.0/16 -j MASQUERADE`;

/** The folder as a whole is for root of the hosts that are named, and for nobody who only says that he is root. */
export async function whole(t: ExecutionContext, lab: TestLab): Promise<void> {
	for (const [host, address] of Object.entries(ipv6)) {
		await lab.output(host, `ip -6 addr replace ${address}/64 dev eth0 nodad`);
	}

	await lab.output('storage1', `install -m 0600 /etc/hostname ${folder}/private`);
	const python = `python3 /root/client.py ${ipv6.storage1} ${folder}`;
	for (const host of ['compute1', 'stranger1']) {
		const { code, stderr } = await lab.run(host, python);
		t.is(code, 1, `${host} over IPv6`);
		t.regex(stderr, /^mount: .*(NOENT|ACCESS|PERM)/, 'refused by the server, and not unreachable');
	}

	await lab.output('compute1', pod);
	const nobody = { who: 'nobody of a client', from: 'compute1', user: 'nobody', gets: 'nothing' } as const;
	await tried(t, lab, [
		{ who: 'root of a client', from: 'compute1', does: 'reads', path: '/private', gets: 'it' },
		{ who: 'backup', from: 'backup1', does: 'reads', path: '/private', gets: 'it' },
		{ ...nobody, does: 'reads', path: '/README' },
		{ ...nobody, does: 'reads', path: '/private' },
		{ ...nobody, does: 'writes', path: '/planted' },
		{ ...nobody, does: 'lists', path: '' },
		{ ...nobody, pod: true, does: 'reads', path: '/README' },
		{ ...nobody, who: 'root of a pod', user: 'root', pod: true, does: 'reads', path: '/private' },
		{ ...nobody, from: 'backup1', does: 'reads', path: '/private' },
		{ who: 'a stranger', from: 'stranger1', does: 'lists', path: '', gets: 'nothing' },
		{ who: 'root of a client', from: 'compute1', does: 'lists', path: '/..', gets: 'it' },
		{ who: 'a client', from: 'compute1', does: 'reads', path: '/../../../etc/hostname', gets: 'nothing' },
	]);
	t.is((await lab.output('storage1', `ls ${folder}`)).trim(), 'README\nprivate');
	// What stands between: without it, and with a low port, the server sees root of its client.
	await lab.output('compute1', 'nft delete table inet g2p_nfs');
	await tried(t, lab, [
		{
			who: 'a pod',
			from: 'compute1',
			user: 'nobody',
			pod: true,
			does: 'reads',
			path: '/private',
			gets: 'it',
		},
	]);
	await lab.output('storage1', `rm ${folder}/private`);
	await lab.output('compute1', 'systemctl restart g2pbook-nfs-pods');
}

/** Parts of it, each for its own hosts: root is nobody there, unless a part says that it needs root. */
export async function parts(t: ExecutionContext, lab: TestLab, again: Again): Promise<void> {
	const pilot = { name: 'pilot' };
	const rest = [
		{ name: 'open', squash: 'none' },
		{ name: 'other', clients: ['reverse_proxy'] },
		{ name: 'sealed', sec: 'krb5p' },
	];
	const converges = async (name: string, ...exports: readonly object[]) => {
		const run = await again(name, { nfs_exports: exports });
		t.is(run.code, 0, `${name}\n${run.stdout}`);
		return run.effects.map(({ task }) => task.name);
	};

	const refused = async (name: string, words: RegExp, ...exports: readonly object[]) => {
		const { code, stdout } = await again(name, { nfs_exports: exports, nfs_probe_seconds: 3 });
		t.is(code, 2, name);
		t.regex(stdout.replaceAll(/\s+/g, ' '), words);
	};

	await refused('Kerberos without a key', /has no \/etc\/krb5\.keytab/, pilot, ...rest);
	await lab.output('storage1', `echo none >/etc/krb5.keytab; mkdir ${folder}/volume`);
	await refused('a volume that no part has', /g2p \(\/srv\/nfs\/g2p\/volume\)/, pilot, ...rest);
	await lab.output('storage1', `mkdir ${folder}/open && mv ${folder}/volume ${folder}/open`);
	await converges('parts', pilot, ...rest);
	t.deepEqual(await converges('parts again', pilot, ...rest), []);
	await lab.output(
		'storage1',
		`for part in pilot open other sealed; do install -m 0600 /etc/hostname ${folder}/$part/private; done`,
	);
	const [root, backup] = [
		{ who: 'root of a client', from: 'compute1' },
		{ who: 'backup', from: 'backup1' },
	] as const;
	await tried(t, lab, [
		{ ...root, does: 'reads', path: '/pilot/README', gets: 'it' },
		{ ...root, does: 'reads', path: '/pilot/private', gets: 'nothing' },
		{ ...root, does: 'writes', path: '/pilot/new', gets: 'it' },
		{ ...root, does: 'reads', path: '/open/private', gets: 'it' },
		{ ...root, does: 'writes', path: '/open/new', gets: 'it' },
		{ ...root, does: 'reads', path: '/other/README', gets: 'nothing' },
		{ ...root, does: 'reads', path: '/pilot/../other/README', gets: 'nothing' },
		{ ...root, does: 'writes', path: '/planted', gets: 'nothing' },
		{ ...root, does: 'reads', path: '/README', gets: 'nothing' },
		{ ...root, does: 'reads', path: '/sealed/README', gets: 'nothing' },
		{ who: 'who has another part', from: 'stranger1', does: 'reads', path: '/other/README', gets: 'it' },
		{ who: 'who has another part', from: 'stranger1', does: 'reads', path: '/pilot/README', gets: 'nothing' },
		{ ...backup, does: 'reads', path: '/pilot/private', gets: 'it' },
		{ ...backup, does: 'reads', path: '/other/private', gets: 'it' },
		{ ...backup, does: 'reads', path: '/sealed/private', gets: 'it' },
		{ ...backup, does: 'writes', path: '/open/planted', gets: 'nothing' },
	]);
	const owners = await lab.output('storage1', `stat -c '%n %u:%g' ${folder}/pilot/new ${folder}/open/new`);
	t.is(owners.trim(), `${folder}/pilot/new 65534:65534\n${folder}/open/new 0:0`, 'root is nobody, or root');

	await refused('a part that still has files', /g2p\/pilot \(.*with state: absent/, ...rest);
	await converges('a part that is over', { ...pilot, state: 'absent' }, ...rest);
	await tried(t, lab, [
		{ ...backup, does: 'reads', path: '/pilot/private', gets: 'it' },
		{ ...root, does: 'reads', path: '/pilot/README', gets: 'nothing' },
	]);
	await lab.output('storage1', `rm ${folder}/pilot/private ${folder}/pilot/new`);
	await converges('a part without files goes', ...rest);
	t.is((await lab.run('storage1', `ls -d ${folder}/pilot`)).code, 2);
	t.is((await again('as a whole again', {})).code, 0);
	await tried(t, lab, [{ ...root, does: 'reads', path: '/open/private', gets: 'it' }]);
	await lab.output('storage1', `rm -r /etc/krb5.keytab ${folder}/open ${folder}/other ${folder}/sealed`);
}
