import { readFileSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { ExecutionContext } from 'ava';
import type { TestLab } from '../../../test/fixtures/containers/lab.ts';
import type { Again } from '../../../test/fixtures/containers/role-test.ts';
import { answers, connect, connectWith, type Laptop, within } from './laptops.ts';
import { traces } from './traces.ts';

const of = (name: string): RegExp => new RegExp(`(^|[^a-z0-9])${name}([^a-z0-9]|$)|g2p_${name}`);
const keys = (lab: TestLab, name: string) =>
	lab.output(
		'rp1',
		`wg show ${name} public-key; wg show ${name}-next public-key; wg show ${name} peers | sort`,
	);

/** Another name, by a run that comes through the tunnel itself; cut off in between; refused; other addresses, other ports. */
export async function rename(
	t: ExecutionContext,
	lab: TestLab,
	again: Again,
	[ada, ben]: readonly [Laptop, Laptop],
): Promise<void> {
	// Beside those of other sites.
	const clients = `${lab.folder}-rename-clients`;
	const folder = join(clients, basename(lab.folder));
	const cleo = { name: 'cleo', address: '10.15.0.4', channel: 'admins' };
	const vars = (wireguard_interface: string, more: object = {}) => ({
		wireguard_interface,
		wireguard_client_folder: `${clients}/{{wireguard_site}}`,
		wireguard_endpoint: lab.address('rp1'),
		wireguard_channels: [{ name: 'admins', subnet: '10.15.0.0/24' }],
		wireguard_peers: [{ ...ada.peer, channel: 'admins' }, cleo],
		...more,
	});
	const rotating = { wireguard_next_port: 51821 };
	const begun = await again('before the renaming', vars('wg0', rotating));
	t.is(begun.code, 0, begun.stdout);
	await connect(lab, ada);
	await connectWith(lab, ben.name, readFileSync(join(folder, 'cleo-rp1.conf'), 'utf8'));
	t.true(await answers(lab, ben.name));
	const before = await keys(lab, 'wg0');

	await through(lab, ada, async () => {
		await cutsItselfOff(t, again, vars, ada);
		const renamed = await again('another name, through the tunnel', vars('wg1', rotating));
		t.is(renamed.code, 0, renamed.stdout + renamed.stderr);
	});
	for (const { name } of [ada, ben]) {
		t.true(await within(10_000, () => answers(lab, name)), `${name} goes on with the file that it has`);
	}

	t.is(await keys(lab, 'wg1'), before);
	t.deepEqual(await traces(lab, of('wg0')), []);
	t.deepEqual((await again('another name, again', vars('wg1', rotating))).effects, []);

	await cutOff(t, lab, again, vars('wg2', rotating));
	t.is(await keys(lab, 'wg2'), before);
	await refused(t, lab, again, vars);

	// Everything else that has a name, at a time.
	const moved = await again(
		'another subnet and other ports',
		vars('wg2', {
			wireguard_address: '10.16.0.1/16',
			wireguard_port: 51900,
			wireguard_next_port: 51901,
			wireguard_channels: [{ name: 'others', subnet: '10.16.8.0/24' }],
			wireguard_peers: [
				{ ...ada.peer, address: '10.16.8.2', channel: 'others' },
				{ ...cleo, name: 'cloe', address: '10.16.8.4', channel: 'others' },
			],
		}),
	);
	t.is(moved.code, 0, moved.stdout);
	t.regex(moved.stdout, /another port: in every client file, set Endpoint = \S+:51900/);
	t.regex(moved.stdout, /have other addresses:[^;]*Address = 10\.16\.8\.2\/32 \(laptop1\)/);
	t.deepEqual(await traces(lab, /10\.15\.|5182[01]|cleo/), []);
	t.regex(readFileSync(join(folder, 'cloe-rp1.conf'), 'utf8'), /^Address = 10\.16\.8\.4\/32$/m);

	const back = { wireguard_port: 51900, wireguard_retire: 'wg2-next' };
	t.is((await again('the rotation is taken back', vars('wg2', back))).code, 0);
	t.is((await again('as before', {})).code, 0);
	t.deepEqual(await traces(lab, /\bwg[12]\b|cloe|g2p_/), []);
	await connect(lab, ada);
	t.true(await answers(lab, ada.name));
}

/** Runs reach the proxy as an administrator does: by SSH from a laptop in the tunnel. */
async function through(lab: TestLab, { name }: Laptop, work: () => Promise<unknown>): Promise<void> {
	const key = join(lab.folder, '.ssh');
	const ssh = `ssh -F none -i ${key}/id_ed25519 -o UserKnownHostsFile=${key}/known_hosts`;
	const folder = join(lab.folder, 'group_vars');
	const file = join(folder, 'reverse_proxy.yml');
	await mkdir(folder, { recursive: true });
	const option = `-o "ProxyCommand=${ssh} -W 10.15.0.1:22 admin@${lab.address(name)}"`;
	await writeFile(file, JSON.stringify({ ansible_ssh_extra_args: option }));
	await work();
	await rm(file);
}

/** What a run through the tunnel would not see the end of. */
async function cutsItselfOff(
	t: ExecutionContext,
	again: Again,
	vars: (name: string, more?: object) => Readonly<Record<string, unknown>>,
	ada: Laptop,
): Promise<void> {
	for (const [name, more, why] of [
		['its peer goes', { wireguard_peers: [] }, /no peer has that address/],
		['another port', { wireguard_port: 51900 }, /moves to another port/],
		['it is taken away', { wireguard_state: 'absent', wireguard_next_port: 0 }, /takes the tunnel away/],
		['its key is retired', { wireguard_next_port: 0, wireguard_retire: 'wg0-next' }, /ends the rotation/],
	] as const) {
		const { code, stdout, effects } = await again(name, vars('wg0', { wireguard_next_port: 51821, ...more }));
		t.is(code, 2, stdout);
		t.true(stdout.includes(`this run comes through the tunnel, from ${ada.address}`), stdout);
		t.regex(stdout, why);
		t.deepEqual(effects, [], name);
	}
}

/** What runs leave that were cut off while they renamed wg1: the next one completes it. */
async function cutOff(
	t: ExecutionContext,
	lab: TestLab,
	again: Again,
	wg2: Readonly<Record<string, unknown>>,
): Promise<void> {
	await lab.output(
		'rp1',
		'cd /etc/wireguard; mkdir wg2.peers.new; cp -a wg1.peers wg2.peers; cp wg1-next.key wg2-next.key; touch wg2.key.new',
	);
	t.is((await again('cut off between the keys', wg2)).code, 0);
	t.deepEqual(await traces(lab, of('wg1')), []);

	await lab.output(
		'rp1',
		`cd /etc/wireguard; for kind in conf channels; do sed 's/wg2/wg1/g' wg2.$kind >wg1.$kind; done
		nft --file wg1.channels; systemctl enable --quiet wg-quick@wg1
		cp -r /etc/systemd/system/wg-quick@wg2.service.d /etc/systemd/system/wg-quick@wg1.service.d
		iptables -I INPUT -i wg1 -m comment --comment g2pbook-wireguard-wg1 -j ACCEPT`,
	);
	t.is((await again('cut off before the old one went', wg2)).code, 0);
	t.deepEqual(await traces(lab, of('wg1')), []);
	await lab.output('rp1', 'iptables -I INPUT -i wg1 -m comment --comment g2pbook-wireguard-wg1 -j ACCEPT');
	t.is((await again('nothing but a rule', wg2)).code, 0);
	t.deepEqual(await traces(lab, /wg1|\.new|\.peers\/\./), []);
	t.deepEqual((await again('nothing of it any more', wg2)).effects, []);
}

/** What cannot be renamed. */
async function refused(
	t: ExecutionContext,
	lab: TestLab,
	again: Again,
	vars: (name: string, more?: object) => Readonly<Record<string, unknown>>,
): Promise<void> {
	const next = { wireguard_next_port: 51821 };
	for (const [name, made, wanted, why] of [
		[
			'keys of its own',
			'wg genkey >wg3.key',
			vars('wg3', next),
			/others under that name, beside \S+wg2\.key/,
		],
		['of somebody else', 'echo [Interface] >wg3.conf', vars('wg3', next), /wg3 is\s+somebody else's/],
		['two', "sed 's/wg2/wg4/g' wg2.conf >wg4.conf", vars('wg3', next), /tunnels wg2 and wg4, of which/],
		[
			'the end of a rotation',
			'true',
			vars('wg3', { wireguard_retire: 'wg3' }),
			/key of wg2 is being rotated/,
		],
		['another one', 'true', { wireguard_interface: 'wg3', wireguard_state: 'absent' }, /this host is wg2/],
		['of a second server', 'true', vars('wg-next'), /may not\s+end in -next/],
	] as const) {
		await lab.output('rp1', `cd /etc/wireguard; ${made}`);
		const { code, stdout, effects } = await again(`refused: ${name}`, wanted);
		t.is(code, 2, name);
		t.regex(stdout, why, stdout);
		t.regex(stdout, /Nothing was changed/, name);
		t.deepEqual(effects, [], name);
		await lab.output('rp1', 'rm -f /etc/wireguard/wg[34].*');
	}
}
