import type { ExecutionContext } from 'ava';
import type { TestLab } from '../../../test/fixtures/containers/lab.ts';
import type { Again } from '../../../test/fixtures/containers/role-test.ts';
import { traces } from './traces.ts';

/** Words that are typed out are the right ones, or nothing happens; and what purging leaves. */
export async function words(t: ExecutionContext, lab: TestLab, again: Again): Promise<void> {
	for (const [name, vars, right] of [
		['another tunnel', { wireguard_state: 'absent', wireguard_purge: 'wg1' }, /wireguard_purge=wg0/],
		['a path', { wireguard_state: 'absent', wireguard_purge: '/etc/wireguard' }, /wireguard_purge=wg0/],
		['it stays', { wireguard_purge: 'wg0' }, /wireguard_state=absent/],
		['no rotation of that name', { wireguard_retire: 'wg00' }, /wireguard_retire=wg0 to/],
		['a rotation goes on', { wireguard_retire: 'wg0', wireguard_next_port: 51821 }, /wireguard_next_port=0/],
	] as const) {
		const { code, stdout, effects } = await again(`a wrong word: ${name}`, vars);
		t.is(code, 2, name);
		t.regex(stdout, right, stdout);
		t.deepEqual(effects, [], name);
	}

	// An earlier name has left keys behind, and a run that was cut off what it was writing.
	await lab.output(
		'rp1',
		'cd /etc/wireguard; mkdir -p wg1.peers/ada; touch wg1.key wg1.peers/ada/public.key wg0.key.new',
	);
	const purged = await again('purged', { wireguard_state: 'absent', wireguard_purge: 'wg0' });
	t.is(purged.code, 0, purged.stdout);
	t.is(await lab.output('rp1', 'ls -A /etc/wireguard'), '');
	t.deepEqual(await traces(lab, /wg[01]|g2p|wireguard-/), []);
	t.is((await again('back again', {})).code, 0);
	t.is((await lab.output('rp1', 'wg show wg0 listen-port')).trim(), '51820');
	t.deepEqual((await again('back again, again', {})).effects, []);
}
