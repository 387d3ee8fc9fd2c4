import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import type { TestLab } from '../../../test/fixtures/containers/lab.ts';
import { type Again, announced } from '../../../test/fixtures/containers/role-test.ts';
import { answers, at, connect, type Laptop, reaches, server } from './laptops.ts';

type Row = readonly [from: string, to: string, port: number | 'ping', isOpen: boolean];

const seen = (lab: TestLab, rows: readonly Row[]): Promise<readonly Row[]> =>
	Promise.all(
		rows.map(async ([from, to, port]): Promise<Row> => {
			const isOpen = port === 'ping' ? await answers(lab, from, to) : await reaches(lab, from, to, port);
			return [from, to, port, isOpen];
		}),
	);

const listen = (lab: TestLab, host: string, ...ports: readonly number[]) =>
	lab.output(
		host,
		ports
			.map(
				(port) =>
					`systemd-run --quiet --unit listen-${port} systemd-socket-activate --accept --listen=${port} cat`,
			)
			.join('\n'),
	);

/** An administrator and an auditor: what each reaches, whatever the auditor's client file says. */
export async function channels(
	t: ExecutionContext,
	lab: TestLab,
	again: Again,
	[ada, ben]: readonly [Laptop, Laptop],
): Promise<void> {
	const auditor = at(ben, '10.15.8.3');
	await Promise.all([listen(lab, 'rp1', 8080, 9090), listen(lab, ada.name, 7000)]);
	const folder = `${lab.folder}-channel-clients`;
	const vars = (more: object, ...peers: readonly object[]) => ({
		wireguard_channels: [
			{ name: 'admins', subnet: '10.15.0.0/24', routes: ['192.0.2.0/24'], dns: ['192.0.2.53'] },
			{ name: 'auditors', subnet: '10.15.8.0/24', routes: ['192.0.2.30/32'], to: ['status'], ...more },
		],
		wireguard_peers: [{ ...ada.peer, channel: 'admins' }, ...peers],
		wireguard_client_folder: folder,
		wireguard_endpoint: lab.address('rp1'),
		wireguard_routes: ['198.51.100.0/24'],
		ports_more: [
			{ name: 'status', use: 'a test', from: ['vpn'], to: ['reverse_proxy'], proto: 'tcp', port: 8080 },
		],
	});
	const rows = (peer: string): readonly Row[] => [
		[ada.name, server, 8080, true],
		[ada.name, server, 9090, true],
		[ada.name, server, 'ping', true],
		[ben.name, server, 8080, true],
		[ben.name, server, 9090, false],
		[ben.name, server, 22, false],
		[ben.name, server, 'ping', true],
		[ben.name, ada.address, 7000, false],
		[ben.name, ada.address, 'ping', false],
		[ada.name, peer, 'ping', false],
	];

	const open = await again('no channels: all of it is open', { wireguard_peers: [ada.peer, ben.peer] });
	t.is(open.code, 0, open.stdout + open.stderr);
	await connect(lab, ben);
	const all = rows(ben.address).map(([from, to, port]): Row => [from, to, port, true]);
	t.deepEqual(await seen(lab, all), all, 'or what is closed later shows nothing');

	const apart = vars({}, { ...auditor.peer, channel: 'auditors' });
	const first = await again('two channels', apart);
	t.is(first.code, 0, first.stdout + first.stderr);
	await connect(lab, auditor);
	t.deepEqual(await seen(lab, rows(auditor.address)), rows(auditor.address));
	t.deepEqual((await again('two channels again', apart)).effects, []);

	await lab.output('rp1', 'nft flush table inet g2p_wg0');
	const repaired = await again('somebody has opened everything', apart);
	t.deepEqual(
		repaired.effects.map(({ task }) => task.name),
		['Bring the kernel in line with what channels may reach'],
	);
	await lab.output('rp1', 'systemctl restart wg-quick@wg0');
	await Promise.all([ada, auditor].map((one) => connect(lab, one)));
	t.deepEqual(await seen(lab, rows(auditor.address)), rows(auditor.address), 'after a restart');

	await wrong(t, again, vars, auditor);
	t.deepEqual(
		await seen(lab, rows(auditor.address)),
		rows(auditor.address),
		'what is refused changes nothing',
	);

	// Files come from the channel; and two peers of one that may meet.
	const dora = { name: 'dora', address: '10.15.8.4', channel: 'auditors' };
	const together = vars({ peer_to_peer: true }, { ...auditor.peer, channel: 'auditors' }, dora);
	const check = await again('check: auditors may meet', together, '--check');
	const met = await again('auditors may meet', together);
	t.is(met.code, 0, met.stdout);
	announced(t, check.effects, met.effects);
	const file = readFileSync(join(folder, 'dora-rp1.conf'), 'utf8');
	t.regex(file, /^AllowedIPs = 10\.15\.0\.1\/32,10\.15\.8\.0\/24,192\.0\.2\.30\/32$/m);
	t.notRegex(file, /^DNS/m);
	const emma = { name: 'emma', address: '10.15.0.9', channel: 'admins' };
	t.is((await again('an administrator', vars({}, emma))).code, 0);
	const admins = readFileSync(join(folder, 'emma-rp1.conf'), 'utf8');
	t.regex(admins, /^AllowedIPs = 10\.15\.0\.1\/32,192\.0\.2\.0\/24$/m);
	t.regex(admins, /^DNS = 192\.0\.2\.53$/m);

	await meeting(t, lab, again, [ada, at(ben, '10.15.0.3')]);
	t.is((await again('no channels any more', {})).code, 0);
	t.not((await lab.run('rp1', 'nft list table inet g2p_wg0')).code, 0);
}

/** Peers of one channel that says so, and of no other, reach each other. */
async function meeting(
	t: ExecutionContext,
	lab: TestLab,
	again: Again,
	[ada, ben]: readonly [Laptop, Laptop],
): Promise<void> {
	const wireguard_peers = [ada, ben].map(({ peer }) => ({ ...peer, channel: 'admins' }));
	for (const peer_to_peer of [false, true]) {
		const wireguard_channels = [{ name: 'admins', subnet: '10.15.0.0/24', peer_to_peer }];
		const { code, stdout } = await again(`peers meet: ${peer_to_peer}`, {
			wireguard_channels,
			wireguard_peers,
		});
		t.is(code, 0, stdout);
		await connect(lab, ben);
		const rows: readonly Row[] = [
			[ben.name, ada.address, 7000, peer_to_peer],
			[ada.name, ben.address, 'ping', peer_to_peer],
			[ben.name, server, 9090, true],
		];
		t.deepEqual(await seen(lab, rows), rows);
	}
}

/** Channels and peers that make no sense together. */
async function wrong(
	t: ExecutionContext,
	again: Again,
	vars: (more: object, ...peers: readonly object[]) => Readonly<Record<string, unknown>>,
	{ peer }: Laptop,
): Promise<void> {
	for (const [name, values] of [
		['a peer of no channel', vars({}, peer)],
		['a peer outside of its channel', vars({}, { ...peer, channel: 'admins' })],
		['channels that overlap', vars({ subnet: '10.15.0.128/25' })],
		['a channel outside of the tunnel', vars({ subnet: '10.16.0.0/24' })],
		['a row that is none', vars({ to: ['statuss'] })],
	] as const) {
		const { code, stdout, effects } = await again(name, values);
		t.is(code, 2, name);
		t.regex(stdout, /nothing was changed/, name);
		t.deepEqual(effects, [], name);
	}
}
