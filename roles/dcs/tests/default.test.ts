import type { ExecutionContext } from 'ava';
import test from 'ava';
import type { TestLab } from '../../../test/fixtures/containers/lab.ts';
import { type Again, roleTest } from '../../../test/fixtures/containers/role-test.ts';

const members = ['storage1', 'storage2', 'backup1'] as const;
const stranger = 'stranger1';

const at = (lab: TestLab, ...hosts: readonly string[]) =>
	`ETCDCTL_API=3 etcdctl --command-timeout 10s --endpoints ${hosts.map((host) => `https://${lab.address(host)}:2479`).join(',')} --cacert ca.crt --cert member.crt --key member.key`;

/** etcdctl on a member, by the certificate of that member. */
const ask = (lab: TestLab, host: string, words: string) =>
	lab.run(host, `cd /etc/g2pbook/dcs && timeout 20 env ${at(lab, host)} ${words}`);

/** Written as whoever uses it does: what was under way when a leader was lost is said again. */
async function write(t: ExecutionContext, lab: TestLab, host: string, words: string): Promise<void> {
	const { code, stderr } = await lab.run(
		host,
		`cd /etc/g2pbook/dcs && timeout 40 sh -c 'until ${at(lab, host)} put ${words}; do sleep 0.3; done'`,
	);
	t.is(code, 0, `${words} on ${host}: ${stderr}`);
}

const count = async (lab: TestLab, host: string, word: string): Promise<number> =>
	(await ask(lab, host, 'member list')).stdout.split('\n').filter((line) => line.includes(word)).length;

/** What is written on one is read on every other; three vote. */
async function agree(t: ExecutionContext, lab: TestLab): Promise<void> {
	const word = `word-${Date.now()}`;
	await write(t, lab, 'backup1', `test ${word}`);
	for (const name of members) {
		t.is((await ask(lab, name, 'get test --print-value-only')).stdout.trim(), word, name);
	}

	t.is(await count(lab, 'storage2', ', started,'), 3);
}

/** Who has no certificate of this authority gets no word, and nothing goes without TLS. */
async function isClosed(t: ExecutionContext, lab: TestLab): Promise<void> {
	for (const port of [2479, 2480]) {
		const at = `${lab.address('storage1')}:${port}`;
		const asked = await lab.run(
			stranger,
			`cd /root && [ -e other.key ] || openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout other.key -out other.crt -subj /CN=storage1 2>/dev/null
for with in "http://" "-k https://" "-k --cert other.crt --key other.key https://"; do curl -sS -m 5 \${with}${at}/version && echo "answered: $with"; done`,
		);
		t.is(asked.stdout, '', asked.stderr);
	}

	// The package's own instance, which knows no certificates, would be at these.
	const { stdout } = await lab.run(
		'storage1',
		"ss -Hltn | awk '{print $4}' | grep -E ':(2379|2380|4001|7001)$'",
	);
	t.is(stdout, '');
}

/** One of three may go: the others decide, and it catches up when it is back. */
async function losesOne(t: ExecutionContext, lab: TestLab): Promise<void> {
	const container = lab.hosts.find(({ name }) => name === 'storage1')?.container;
	await container?.kill();
	await write(t, lab, 'storage2', 'while one-is-away');
	await lab.restart('storage1');
	const caughtUp = await lab.run('storage1', '/etc/g2pbook/dcs/dcs wait 60');
	t.is(caughtUp.code, 0);
	t.is((await ask(lab, 'storage1', 'get while --print-value-only')).stdout.trim(), 'one-is-away');
}

async function killed(t: ExecutionContext, lab: TestLab): Promise<void> {
	await lab.output('storage2', 'systemctl kill --signal=KILL etcd');
	t.is((await lab.run('storage2', '/etc/g2pbook/dcs/dcs wait 30')).code, 0);
	await agree(t, lab);
}

/** A host that comes back with nothing joins again, under the same name, and takes what the others have. */
async function comesBackEmpty(t: ExecutionContext, lab: TestLab, again: Again): Promise<void> {
	await write(t, lab, 'backup1', 'before the-loss');
	await lab.output('storage2', 'systemctl stop etcd; rm -r /var/lib/g2pbook-dcs/member');
	const { code, stdout } = await again('a member without data', {});
	t.is(code, 0, stdout);
	t.is((await ask(lab, 'storage2', 'get before --print-value-only')).stdout.trim(), 'the-loss');
	t.is(await count(lab, 'backup1', 'http'), 3, 'nobody votes twice');
	t.deepEqual((await again('a member without data, again', {})).effects, []);
}

/** Alone, and with nothing, a host must not begin another one of its own. */
async function beginsNoOther(t: ExecutionContext, lab: TestLab, again: Again): Promise<void> {
	await lab.output('storage2', 'systemctl stop etcd; mv /var/lib/g2pbook-dcs/member /root/member');
	const { code, stdout } = await again('alone', {}, '--limit', 'storage2');
	t.is(code, 2);
	t.regex(stdout, /storage1, backup1.*cannot be reached or is not part of this run.*without --limit/s);
	await lab.output('storage2', 'mv /root/member /var/lib/g2pbook-dcs/member; systemctl start etcd');
	await agree(t, lab);
}

async function refuses(t: ExecutionContext, lab: TestLab, again: Again): Promise<void> {
	for (const [name, dcs_members, words] of [
		['an even number', ['storage1', 'storage2'], /an even number of hosts/],
		['one', ['storage1'], /only storage1 votes/],
		['nobody knows it', ['storage1', 'storage2', 'storage9'], /storage9 votes, and is not in the inventory/],
	] as const) {
		const { code, stdout, effects } = await again(name, { dcs_members });
		t.is(code, 2, name);
		t.regex(stdout, words);
		t.deepEqual(effects, []);
	}

	const mistyped = await again('a purge that is mistyped', { dcs_members: [], dcs_purge: 'dsc' });
	t.is(mistyped.code, 2);
	t.regex(mistyped.stdout, /only the word dcs removes data/);
	t.deepEqual(mistyped.effects, []);
	await agree(t, lab);
}

/** Another timing is read by one after the other: who asks, and once again where the one that he asked has just stopped, is answered. */
async function rolls(t: ExecutionContext, lab: TestLab, again: Again): Promise<void> {
	const watching = lab.run(
		'backup1',
		`cd /etc/g2pbook/dcs; write() { ${at(lab, ...members)} put turn $1 >/dev/null 2>&1; }
for n in $(seq 60); do write $n || write $n || echo "not $n"; sleep 0.2; done`,
	);
	const { code, stdout } = await again('another timing', { dcs_election_ms: 4000 });
	t.is(code, 0, stdout);
	t.is((await watching).stdout, '');
	t.is((await again('as before', {})).code, 0);
}

roleTest(test, {
	role: 'dcs',
	hosts: [
		{ name: 'storage1', groups: ['storage'] },
		{ name: 'storage2', groups: ['storage'] },
		{ name: 'backup1', groups: ['backup'] },
		{ name: stranger, groups: ['rke2_agents'] },
	],
	pattern: 'storage:backup',

	async prepare(lab) {
		await lab.output(stranger, 'apt-get install -yq curl openssl');
	},

	async verify(t, lab) {
		await agree(t, lab);
		await isClosed(t, lab);
	},

	async change(t, lab, again) {
		await refuses(t, lab, again);
		await losesOne(t, lab);
		await killed(t, lab);
		await comesBackEmpty(t, lab, again);
		await beginsNoOther(t, lab, again);
		await rolls(t, lab, again);
	},

	drift: [
		{
			name: 'it was stopped for good',
			break: (lab) => lab.output('storage1', 'systemctl disable --now etcd'),
			repairs: [/Start it/],
		},
		{
			name: 'the settings were edited',
			break: (lab) =>
				lab.output(
					'storage2',
					"sed -i 's/CLIENT_CERT_AUTH=true/CLIENT_CERT_AUTH=false/' /etc/g2pbook/dcs/settings && systemctl restart etcd",
				),
			repairs: [/Write its settings/, /Restart etcd of this member/],
		},
		{
			name: 'somebody made another host vote',
			// Refused until all have heard of each other for five seconds.
			async break(lab) {
				await lab.output('backup1', 'sleep 6');
				await ask(lab, 'backup1', 'member add other --peer-urls https://192.0.2.99:2480');
			},
			repairs: [/Have hosts vote no more/],
		},
		{
			name: 'a certificate was lost',
			break: (lab) => lab.output('backup1', 'rm /etc/g2pbook/dcs/member.crt'),
			repairs: [/Have it signed/],
		},
	],

	removal: {
		vars: { dcs_members: [] },
		async verify(t, lab) {
			for (const name of members) {
				t.not((await lab.run(name, 'systemctl is-active etcd')).code, 0);
				t.is((await lab.run(name, 'test -e /etc/g2pbook/dcs')).code, 1);
				t.is((await lab.run(name, 'test -d /var/lib/g2pbook-dcs/member')).code, 0, 'data stays');
			}
		},
	},
});
