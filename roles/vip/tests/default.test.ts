import type { ExecutionContext } from 'ava';
import test from 'ava';
import type { TestLab } from '../../../test/fixtures/containers/lab.ts';
import { type Again, announced, roleTest } from '../../../test/fixtures/containers/role-test.ts';
import { answers, becomes, holders, members, other, shared, stranger, vars } from './addresses.ts';

const holder = async (t: ExecutionContext, lab: TestLab): Promise<string> => {
	const [name = '', ...more] = await holders(lab);
	t.deepEqual(more, [], 'one host has the address');
	t.not(name, '');
	return name;
};

/** What it serves goes away: the other host has it, and keeps it when the first one serves again. */
async function stopsServing(t: ExecutionContext, lab: TestLab): Promise<void> {
	const before = await holder(t, lab);
	await lab.output(before, 'systemctl stop nginx');
	const gap = await becomes(lab, other(before));
	t.true(gap <= 5000, `${gap} ms without an answer`);
	t.log(`a service that stopped: ${gap} ms`);
	t.is(await holder(t, lab), other(before));
	await lab.output(before, 'systemctl start nginx; sleep 6');
	t.is(await holder(t, lab), other(before), 'it does not go back by itself');
}

/** Stopped in the middle (a debugger, a machine that swaps): nobody else notices from outside. */
async function hangs(t: ExecutionContext, lab: TestLab): Promise<void> {
	const before = await holder(t, lab);
	await lab.output(before, 'pkill -STOP nginx');
	const gap = await becomes(lab, other(before));
	t.true(gap <= 12_000, `${gap} ms without an answer`);
	await lab.output(before, 'pkill -CONT nginx; sleep 5');
	t.is(await holder(t, lab), other(before));
}

/** Killed, keepalived would leave the address on the host while the other one takes it. */
async function killed(t: ExecutionContext, lab: TestLab): Promise<void> {
	const before = await holder(t, lab);
	await lab.output(before, 'systemctl kill --signal=KILL keepalived');
	await becomes(lab, other(before));
	t.is(await holder(t, lab), other(before));
	await lab.output(
		before,
		'timeout 20 sh -c "until systemctl is-active --quiet keepalived; do sleep 0.2; done"',
	);
}

/** The host dies, and comes back: it waits until its network has settled, and takes nothing from the other. */
async function hostDies(t: ExecutionContext, lab: TestLab): Promise<void> {
	const before = await holder(t, lab);
	const container = lab.hosts.find(({ name }) => name === before)?.container;
	await container?.kill();
	const gap = await becomes(lab, other(before));
	t.true(gap <= 5000, `${gap} ms without an answer`);
	t.log(`a host that died: ${gap} ms`);
	await container?.start();
	await lab.output(
		before,
		'timeout 60 sh -c "until systemctl is-active --quiet keepalived; do sleep 0.2; done"; sleep 4',
	);
	t.is(await holder(t, lab), other(before));
}

/** They do not hear each other any more: each takes it, and says so. */
async function twoHolders(t: ExecutionContext, lab: TestLab, again: Again): Promise<void> {
	const block = (word: string) =>
		Promise.all(members.map((name) => lab.output(name, `iptables -${word} INPUT -p 112 -j DROP`)));
	await block('I');
	await lab.output('rp1', 'sleep 6');
	t.is((await holders(lab)).length, 2);
	const watched = await lab.run(
		'rp1',
		'systemctl start g2pbook-vip; journalctl --unit g2pbook-vip --lines 5',
	);
	t.regex(watched.stdout, /another one answers for it, too/);
	const refused = await again('two holders', {});
	t.is(refused.code, 2);
	t.regex(refused.stdout, /are on more than one host: web \(rp1, rp2\)/);
	await block('D');
	await lab.output('rp1', 'sleep 4; systemctl start g2pbook-vip');
	await holder(t, lab);
}

/** Planned: nobody waits for long, and asking again changes nothing. */
async function handOver(t: ExecutionContext, lab: TestLab, again: Again): Promise<void> {
	const before = await holder(t, lab);
	const wish = { vip_holder: { web: other(before) } };
	const check = await again('hand over, a check', wish, '--check');
	t.is(check.code, 0, check.stdout);
	t.is(await holder(t, lab), before, 'a check hands nothing over');
	const watching = becomes(lab, other(before), 60);
	t.is((await again('hand over', wish)).code, 0);
	const gap = await watching;
	t.true(gap <= 3000, `${gap} ms without an answer`);
	t.log(`handed over: ${gap} ms`);
	t.is(await holder(t, lab), other(before));
	t.deepEqual((await again('hand over again', wish)).effects, []);

	await lab.output(before, 'systemctl stop nginx; sleep 3');
	const refused = await again('to a host that does not serve', { vip_holder: { web: before } });
	t.is(refused.code, 2);
	t.regex(refused.stdout, /does not serve, or is not part of this run/);
	await lab.output(before, 'systemctl start nginx; sleep 5');
	t.is(await holder(t, lab), other(before));
}

/** A check says that keepalived reads what a run writes. */
async function otherSettings(t: ExecutionContext, lab: TestLab, again: Again): Promise<void> {
	const wish = { vip_addresses: vars(lab).vip_addresses.map((one) => ({ ...one, router: 77 })) };
	const check = await again('another router id, a check', wish, '--check');
	announced(t, check.effects, (await again('another router id', wish)).effects);
	t.is((await again('as before', {})).code, 0);
	// One of them; which depends on who reads the new number first, since until the other does they do not hear each other.
	await holder(t, lab);
}

/** What goes with the address is where it is, and nowhere else. */
async function follows(t: ExecutionContext, lab: TestLab): Promise<void> {
	const has = async (name: string) => (await lab.run(name, 'test -e /run/followed')).code === 0;
	const now = await holder(t, lab);
	t.true(await has(now));
	t.false(await has(other(now)));
}

async function refused(t: ExecutionContext, lab: TestLab, again: Again): Promise<void> {
	const [one] = vars(lab).vip_addresses;
	const wrong: readonly (readonly [string, readonly object[], RegExp])[] = [
		['an address that is none', [{ ...one, address: '192.0.2.2019' }], /no IPv4 address/],
		['the own address of a host', [{ ...one, address: lab.address('rp2') }], /own address of rp2/],
		['of another network', [{ ...one, address: '203.0.113.9' }], /in no network of rp1/],
		['the same twice', [{ ...one }, { ...one, name: 'web2' }], /the same address/],
		['nobody is asked', [{ name: 'web', address: shared(lab), group: 'reverse_proxy' }], /needs a `check`/],
	];
	for (const [name, list, words] of wrong) {
		const { code, stdout, effects } = await again(name, { vip_addresses: list });
		t.is(code, 2, name);
		t.regex(stdout, words);
		t.deepEqual(effects, []);
	}
}

roleTest(test, {
	role: 'vip',
	hosts: [...members.map((name) => ({ name, groups: ['reverse_proxy'] })), { name: stranger, groups: [] }],
	pattern: 'reverse_proxy',
	vars,

	async prepare(lab) {
		await Promise.all(
			members.map((name) =>
				lab.output(
					name,
					`apt-get install -yq nginx-light iptables && echo ${name} >/var/www/html/index.html && systemctl enable --now nginx
mkdir -p -m 755 /etc/g2pbook/vip/web.d && cat >/etc/g2pbook/vip/web.d/50-test <<'HOOK'
#!/bin/sh
case $1 in take) touch /run/followed ;; give) rm -f /run/followed ;; taken) test -e /run/followed ;; given) ! test -e /run/followed ;; esac
HOOK
chmod 755 /etc/g2pbook/vip/web.d/50-test`,
				),
			),
		);
		await lab.output(stranger, 'apt-get install -yq curl');
	},

	async verify(t, lab) {
		t.is(await answers(lab), await holder(t, lab));
		await follows(t, lab);
		t.is(
			(await lab.output('rp1', 'ps -o user= -C curl || true')).includes('root'),
			false,
			'nobody asks as root',
		);
	},

	async change(t, lab, again) {
		await refused(t, lab, again);
		await stopsServing(t, lab);
		await hangs(t, lab);
		await killed(t, lab);
		await hostDies(t, lab);
		await follows(t, lab);
		await handOver(t, lab, again);
		await otherSettings(t, lab, again);
		await twoHolders(t, lab, again);
	},

	drift: [
		{
			name: 'the settings were edited and loaded',
			break: (lab) =>
				lab.output(
					'rp1',
					`sed -i 's/priority .*/priority 9/' /etc/keepalived/keepalived.conf && systemctl reload keepalived`,
				),
			repairs: [/Write its settings/, /Have it read its settings/],
		},
		{
			name: 'keepalived was stopped for good',
			break: (lab) => lab.output('rp2', 'systemctl disable --now keepalived'),
			repairs: [/Start it/],
		},
		{
			name: 'what goes with the address was taken away by hand',
			break: (lab) => Promise.all(members.map((name) => lab.output(name, 'rm -f /run/followed'))),
			repairs: [/Have what goes with an address follow it/],
		},
	],

	removal: {
		vars: (lab) => ({ ...vars(lab), vip_state: 'absent' }),
		async verify(t, lab) {
			t.deepEqual(await holders(lab), []);
			t.is(await answers(lab), '');
			t.is(
				(await lab.run('rp1', 'test -e /run/followed || systemctl is-active keepalived')).stdout.trim(),
				'inactive',
			);
			t.is((await lab.output('rp1', 'ls /etc/g2pbook')).includes('vip'), false);
		},
	},
});
