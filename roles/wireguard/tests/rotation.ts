import { setTimeout as sleep } from 'node:timers/promises';
import type { ExecutionContext } from 'ava';
import type { TestLab } from '../../../test/fixtures/containers/lab.ts';
import type { Again } from '../../../test/fixtures/containers/role-test.ts';
import { killed } from './crash.ts';
import { answers, connect, type Laptop, noneLost, server, within } from './laptops.ts';

const keyOf = async (lab: TestLab, name = 'wg0'): Promise<string> =>
	(await lab.output('rp1', `wg show ${name} public-key`)).trim();

/** Old and new key side by side; then the old one goes, and everybody who has moved stays. */
export async function rotation(
	t: ExecutionContext,
	lab: TestLab,
	again: Again,
	[ada, ben]: readonly [Laptop, Laptop],
): Promise<void> {
	const next = { port: 51821, of: 'wg0-next' };
	const peers = { wireguard_peers: [ada.peer, ben.peer] };
	const both = { ...peers, wireguard_next_port: 51821 };
	const old = await keyOf(lab);
	t.is((await again('two peers', peers)).code, 0);
	await connect(lab, ben);
	t.true(await answers(lab, ben.name));

	await noneLost(t, lab, [ada.name, server], async () => {
		const begun = await again('a second server', both);
		t.is(begun.code, 0, begun.stdout + begun.stderr);
		t.is(await keyOf(lab), old);
		t.not(await keyOf(lab, 'wg0-next'), old);
		t.true(begun.stdout.includes(`PublicKey = ${await keyOf(lab, 'wg0-next')}`), begun.stdout);
		t.regex(begun.stdout, /Not seen with them yet: laptop1, laptop2\./);
		t.deepEqual((await again('a second server again', both)).effects, []);
		t.true(await answers(lab, ben.name), 'who has not moved stays connected');

		await connect(lab, ben, next);
		t.true(await answers(lab, ben.name), 'who has moved is let in with the new key');
		await noneLost(t, lab, [ben.name, server], () => sleep(2000));
		t.regex((await again('who is left', both)).stdout, /Not seen with them yet: laptop1\./);
		await refused(t, again, peers);
		await flushed(t, lab, again, both);
		t.true(await within(40_000, () => answers(lab, ben.name)), 'and the second server answers again');
	});

	const ended = { ...peers, wireguard_port: 51821, wireguard_retire: 'wg0' };
	const fresh = await keyOf(lab, 'wg0-next');
	const behind = await again('somebody is left', { ...ended, wireguard_most_removed: 0 });
	t.is(behind.code, 2);
	t.regex(behind.stdout, /would be cut off: laptop1\./);

	await killed(t, lab, [
		['wg0', ada],
		['wg0-next', ben],
	]);
	await connect(lab, ada, next);
	t.true(await answers(lab, ada.name));
	// Cut off after it had taken the second server down.
	await lab.output(
		'rp1',
		'systemctl disable --now wg-quick@wg0-next; rm /etc/wireguard/wg0-next.conf /etc/wireguard/wg0-next.marks',
	);
	const done = await again('the old key goes', { ...ended, wireguard_most_removed: 0 });
	t.is(done.code, 0, done.stdout + done.stderr);
	t.is(await keyOf(lab), fresh, 'wg0 goes on with the new key');
	t.is((await lab.output('rp1', 'wg show interfaces')).trim(), 'wg0');
	for (const { name } of [ada, ben]) {
		t.true(await within(40_000, () => answers(lab, name)), `${name} comes back with the file that it has`);
	}

	t.deepEqual((await again('the old key goes, again', ended)).effects, []);
	t.is((await lab.run('rp1', 'ip -4 rule show | grep 0x100; nft list tables | grep g2p')).stdout, '');

	t.is(
		(await again('another rotation', { ...ended, wireguard_retire: '', wireguard_next_port: 51822 })).code,
		0,
	);
	const back = { ...ended, wireguard_retire: 'wg0-next' };
	t.is((await again('and taken back', back)).code, 0);
	t.is(await keyOf(lab), fresh);
	t.deepEqual((await again('taken back, again', back)).effects, []);

	// The port of this role's own variables, and the key that they find from now on.
	t.is((await again('as before', {})).code, 0);
	await lab.output('rp1', 'rm /root/keys');
}

/** A rotation is not ended by accident. */
async function refused(t: ExecutionContext, again: Again, peers: object): Promise<void> {
	for (const [name, vars] of [
		['nothing is typed out', {}],
		['the port that clients have is not served', { wireguard_retire: 'wg0' }],
		['a name that is none', { wireguard_retire: 'wg1', wireguard_port: 51821 }],
	] as const) {
		const { code, stdout, effects } = await again(name, { ...peers, ...vars });
		t.is(code, 2, name);
		t.regex(stdout, /there is a second server, wg0-next/, name);
		t.deepEqual(effects, [], name);
	}
}

/** What the second server needs to answer by itself was taken away by hand. */
async function flushed(t: ExecutionContext, lab: TestLab, again: Again, both: object): Promise<void> {
	for (const line of [
		'ip -4 rule del lookup 256',
		'ip -4 route flush table 256',
		'nft delete table inet g2p_wg0_next',
	]) {
		await lab.output('rp1', line);
		const { effects } = await again(line, { ...both });
		t.deepEqual(
			effects.map(({ task }) => task.name),
			['Bring the running tunnel in line with its configuration'],
			line,
		);
		t.deepEqual((await again(`${line}, again`, { ...both })).effects, [], line);
	}
}
