import type { ExecutionContext } from 'ava';
import test from 'ava';
import type { TestLab } from '../../../test/fixtures/containers/lab.ts';
import { type Again, roleTest } from '../../../test/fixtures/containers/role-test.ts';

/** What a resolver on the sandbox says to another host: addresses, or nothing. */
const answer = async (lab: TestLab, name: string, from = 'laptop1'): Promise<string> =>
	(await lab.run(from, `dig +short +time=2 +tries=2 @${lab.address('sandbox1')} ${name}`)).stdout.trim();

/** Whoever kills it: it answers again. */
async function crash(t: ExecutionContext, lab: TestLab): Promise<void> {
	await lab.output('sandbox1', 'kill -9 $(cat /run/dnsmasq/dnsmasq.pid)');
	const back = `timeout 30 sh -c 'until dig +short +time=1 +tries=1 @${lab.address('sandbox1')} g2p.test | grep -q ^${lab.address('sandbox1')}; do sleep 0.2; done'`;
	t.is((await lab.run('laptop1', back)).code, 0, 'answers again within 30 s');
}

/** Another program has the port when dnsmasq starts: its name is said, and nothing is changed. */
async function squatter(t: ExecutionContext, lab: TestLab, again: Again): Promise<void> {
	await lab.output(
		'sandbox1',
		`systemctl stop dnsmasq && systemd-run --unit squatter --socket-property=ListenDatagram=${lab.address('sandbox1')}:53 cat`,
	);
	const { code, stdout, effects } = await again('another program listens', {});
	t.is(code, 2);
	t.regex(stdout, /dnsmasq cannot answer on.*:53\/udp.*taken by systemd/);
	t.deepEqual(effects, []);
	await lab.output('sandbox1', 'systemctl stop squatter.socket');
	t.is((await again('it is gone', {})).code, 0);
}

/** Another domain, and nobody but the host itself: of the old ones nothing is left. */
async function renamed(t: ExecutionContext, lab: TestLab, again: Again): Promise<void> {
	const other = { dns_local_domain: 'renamed.test', dns_local_listen: [] };
	t.is((await again('another domain', other)).code, 0);
	t.deepEqual((await again('another domain, again', other)).effects, []);
	t.regex(await answer(lab, 'rancher.renamed.test'), /connection refused/);
	const left = await lab.run('sandbox1', `grep -rl 'g2p\\.test' /etc/dnsmasq.d /etc/systemd`);
	t.is(left.stdout, '');
	t.notRegex(await lab.output('sandbox1', 'ss -Hltun'), new RegExp(`${lab.address('sandbox1')}:53 `));
	t.is((await again('as before', {})).code, 0);
	t.is(await answer(lab, 'rancher.renamed.test'), '');
}

roleTest(test, {
	role: 'dns-local',
	hosts: [
		{ name: 'sandbox1', groups: ['dns'] },
		{ name: 'laptop1', groups: [] },
	],
	pattern: 'dns',
	vars: { dns_local_domain: 'g2p.test' },

	prepare: (lab) => lab.output('laptop1', 'apt-get install -yq bind9-dnsutils'),

	async verify(t, lab) {
		for (const name of ['g2p.test', 'rancher.g2p.test', 'svc.pilot.g2p.test', 'RANCHER.g2p.test']) {
			t.is(await answer(lab, name), lab.address('sandbox1'), name);
		}

		t.is(await answer(lab, 'laptop1'), '', 'no half names');
		const sockets = await lab.output('sandbox1', `ss -Hlun | awk '$4 ~ /:53$/ {print $4}' | sort -u`);
		t.false(/(0\.0\.0\.0|\*|\[::\]):53/.test(sockets), 'not on every address');
	},

	async change(t, lab, again) {
		const refused = await again('no domain', { dns_local_domain: 'Not A Domain' });
		t.is(refused.code, 2);
		t.regex(refused.stdout, /Nothing was changed/);
		t.is(await answer(lab, 'rancher.g2p.test'), lab.address('sandbox1'));
		await crash(t, lab);
		await squatter(t, lab, again);
		await renamed(t, lab, again);
	},

	drift: [
		{
			name: 'it runs, and listens for the host itself only',
			break: (lab) =>
				lab.output(
					'sandbox1',
					`cd /etc/dnsmasq.d && cp -p g2p.conf /root/ && sed -i '/^listen-address=127/!{/^listen-address/d}' g2p.conf && systemctl restart dnsmasq && cp -p /root/g2p.conf .`,
				),
			repairs: [/dnsmasq answers/],
		},
		{
			name: 'the names were edited, and a file of somebody else stands beside them',
			break: (lab) =>
				lab.output(
					'sandbox1',
					`sed -i 's|^address=.*|address=/g2p.test/192.0.2.1|' /etc/dnsmasq.d/g2p.conf
					echo 'address=/printer.example/192.0.2.9' >/etc/dnsmasq.d/other.conf && systemctl restart dnsmasq`,
				),
			repairs: [/Write the names/],
		},
		{
			name: 'the resolver was stopped',
			break: (lab) => lab.output('sandbox1', 'systemctl disable --now dnsmasq'),
			repairs: [/Start it/],
		},
	],

	removal: {
		vars: { dns_local_state: 'absent' },
		async verify(t, lab) {
			t.not(await answer(lab, 'rancher.g2p.test'), lab.address('sandbox1'));
			t.is(await answer(lab, 'printer.example'), '192.0.2.9', 'what others have configured stays');
		},
	},
});
