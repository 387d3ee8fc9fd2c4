import { setTimeout as sleep } from 'node:timers/promises';
import type { ExecutionContext } from 'ava';
import type { TestLab } from '../../../test/fixtures/containers/lab.ts';
import type { Again } from '../../../test/fixtures/containers/role-test.ts';
import { answers, connect, type Laptop, noneLost, server } from './laptops.ts';

const minute = async (lab: TestLab, from: string): Promise<string> =>
	(await lab.output('rp1', `date -u -d '${from}' +%Y-%m-%dT%H:%M`)).trim();

/** The time of a peer, and of one whose keys were made here, is over while nobody runs anything. */
export async function expiry(
	t: ExecutionContext,
	lab: TestLab,
	again: Again,
	[ada, ben]: readonly [Laptop, Laptop],
): Promise<void> {
	const folder = `${lab.folder}-expiry-clients`;
	await noneLost(t, lab, [ada.name, server], async () => {
		const expires = await minute(lab, '100 seconds');
		const vars = {
			wireguard_client_folder: folder,
			wireguard_endpoint: lab.address('rp1'),
			wireguard_peers: [
				ada.peer,
				{ ...ben.peer, preshared_key: false, expires },
				{ name: 'cleo', address: '10.15.0.4', expires },
				{ name: 'dora', address: '10.15.0.5', expires: '2999-12-31' },
			],
		};
		const begun = await again('two peers for a minute', vars);
		t.is(begun.code, 0, begun.stdout + begun.stderr);
		await connect(lab, ben);
		t.true(await answers(lab, ben.name));
		t.is(await peersOf(lab), 4);

		// Its minute, the timer's, and some seconds.
		const until = Date.now() + 170_000;
		while ((await peersOf(lab)) > 2 && Date.now() < until) {
			await sleep(2000);
		}

		t.is(await peersOf(lab), 2, 'who has expired is cut off without a run');
		t.true((await minute(lab, 'now')) >= expires, 'and not before its time');
		t.false(await answers(lab, ben.name));
		await sleep(1000);
		t.is((await lab.output('rp1', 'ls /etc/wireguard/wg0.peers')).trim(), 'dora', 'its keys are gone');
		t.is((await lab.output('rp1', "stat -c '%a %U' /etc/wireguard/wg0.conf")).trim(), '600 root');
		const after = await again('a run after it', vars);
		t.deepEqual(
			after.effects.map(({ task }) => task.name),
			[],
			'a run finds what it would have left',
		);
		const said = await lab.output('rp1', 'journalctl --unit g2pbook-wireguard-expiry --output cat');
		t.regex(said, /^the time of cleo is over: cut off from wg0$/m);
	});
	await lab.output('rp1', 'systemctl restart wg-quick@wg0');
	t.is(await peersOf(lab), 2, 'nor does a restart let them in');
	t.is((await again('nobody but the first', {})).code, 0);
}

const peersOf = async (lab: TestLab): Promise<number> =>
	Number(await lab.output('rp1', 'wg show wg0 peers | wc -l'));
