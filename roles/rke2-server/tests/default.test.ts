import { mkdir, rm, writeFile } from 'node:fs/promises';
import type { ExecutionContext } from 'ava';
import test from 'ava';
import { g2pbook } from '../../../test/fixtures/containers/command-line.ts';
import type { TestLab } from '../../../test/fixtures/containers/lab.ts';
import { type Again, roleTest } from '../../../test/fixtures/containers/role-test.ts';
import { kubectl, turnOff, turnOn } from '../../../test/fixtures/kube/host.ts';
import { type Mirror, startMirror } from '../../../test/fixtures/kube/mirror.ts';
import { firstRelease, nextPatch } from '../../../test/fixtures/kube/releases.ts';
import { nodes } from './nodes.ts';
import { rawSecret, rotation } from './rotation.ts';

let mirror: Mirror;
/** What the token was at first. */
let token: string | undefined;
let { version } = firstRelease;

/** What is refused before anything is changed, with what is said of it. */
const refused: readonly (readonly [title: string, vars: Readonly<Record<string, unknown>>, says: RegExp])[] =
	[
		[
			'a name with an underscore',
			{ rke2_server_node_name: 'compute_1' },
			/"compute_1" is not: give the host rke2_server_node_name/,
		],
		['another name', { rke2_server_node_name: 'other' }, /a node does not change its name/],
		[
			'networks that overlap',
			{ rke2_server_pod_networks: ['10.0.0.0/8'] },
			/rke2_server_pod_networks and rke2_server_service_networks overlap/,
		],
		[
			'a network of the hosts',
			{ rke2_server_pod_networks: ['172.16.0.0/12'] },
			/the address of compute1 \(172\.\S+\) is in 172\.16\.0\.0\/12/,
		],
		[
			'a network of the tunnel',
			{ rke2_server_pod_networks: ['10.15.128.0/17'], ports_networks: { vpn: ['10.15.0.1/16'] } },
			/10\.15\.128\.0\/17 of the cluster overlaps with the one of the tunnel \(10\.15\.0\.1\/16\)/,
		],
		[
			'a network that firewalls do not know',
			{ ports_pod_networks: ['10.42.0.0/16'] },
			/firewalls do not know 10\.43\.0\.0\/16 as a network of the cluster/,
		],
		[
			'another network of pods',
			{ rke2_server_pod_networks: ['10.44.0.0/16'] },
			/a cluster keeps the one it was made with/,
		],
		['a version of before', { rke2_server_version: 'v1.34.3+rke2r1' }, /a cluster does not go back/],
		[
			'a minor version that is left out',
			{ rke2_server_version: 'v1.36.1+rke2r1', versions_accept: ['helm 3.19 with rke2 1.36'] },
			/go up one minor version at a time, with the newest of 1\.35 next/,
		],
		[
			'a word for keys with a blank',
			{ rke2_server_secrets_key: 'of 2026' },
			/rke2_server_secrets_key is a word of letters/,
		],
		['another token', { rke2_server_token: 'another' }, /the cluster has another token/],
	];

/** Downloads that are not what they should be: nothing of them is installed. */
const downloads: readonly (readonly [
	title: string,
	vars: Readonly<Record<string, unknown>>,
	says: RegExp,
])[] = [
	[
		'a wrong checksum',
		{ rke2_server_checksum: '0'.repeat(64) },
		/has the checksum [0-9a-f]{64}, and it has to be 0{64}/,
	],
	[
		'images that the release does not have',
		{ rke2_server_version: firstRelease.version, rke2_server_images: ['core', 'other'] },
		/sha256sum-amd64.txt does not name rke2-images-other.linux-amd64.tar.zst/,
	],
	[
		'a mirror that is away',
		{ rke2_server_source: 'http://127.0.0.1:1' },
		/cannot be downloaded: .*rke2_server_source says where releases are/s,
	],
	[
		'a release that the mirror does not have',
		{ rke2_server_version: 'v1.34.99+rke2r1' },
		/cannot be downloaded: .*404/s,
	],
];

async function refusals(t: ExecutionContext, lab: TestLab, again: Again): Promise<void> {
	const before = await nodes(lab, 'compute1');
	for (const [title, vars, says] of refused) {
		const { code, stdout, effects } = await again(title, vars);
		t.is(code, 2, title);
		t.regex(stdout, says, title);
		t.deepEqual(effects, [], title);
	}

	for (const [title, vars, says] of downloads) {
		const { code, stdout, effects } = await again(title, { rke2_server_version: nextPatch.version, ...vars });
		t.is(code, 2, title);
		t.regex(stdout, says, title);
		t.deepEqual(effects, [], title);
	}

	for (const folder of ['/var/lib/g2pbook', '/usr/local']) {
		await lab.output('compute1', `mkdir -p ${folder} && mount -t tmpfs -o size=100m tmpfs ${folder}`);
		const full = await again(`no space in ${folder}`, { rke2_server_version: nextPatch.version });
		await lab.output('compute1', `umount ${folder}`);
		t.is(full.code, 2);
		t.regex(full.stdout, new RegExp(`there are 100 MB free where ${folder}\\S* is, and a release needs 600`));
		t.deepEqual(full.effects, []);
	}

	const folder = `${lab.folder}/host_vars`;
	await mkdir(folder, { recursive: true });
	for (const [title, line, says] of [
		[
			'the last server goes, and an agent stays',
			'rke2_server_state: absent',
			/compute1 is the last server, and agent1 would be left without a cluster/,
		],
		[
			'another address',
			'private_address: 192.0.2.99',
			/its node has the address 172\.\S+, and the inventory says 192\.0\.2\.99: a node does not change its address/,
		],
	] as const) {
		await writeFile(`${folder}/compute1.yml`, `${line}\n`);
		const { code, stdout, effects } = await again(title, {});
		t.is(code, 2, title);
		t.regex(stdout, says, title);
		t.deepEqual(effects, [], title);
	}

	await rm(folder, { recursive: true });
	t.deepEqual(await nodes(lab, 'compute1'), before);
	t.is((await again('its own variables', {})).effects.length, 0);
}

/** What keeps a node from becoming ready, with what is said about it within the time that was given. */
const faults: readonly (readonly [fault: string, says: RegExp])[] = [
	['never-ready', /waiting for the node agent1 to be Ready: its kubelet says/],
	['crash-at-start', /the program has ended \d+ times since it was started/],
];

async function unready(t: ExecutionContext, lab: TestLab, again: Again): Promise<void> {
	for (const [fault, says] of faults) {
		await turnOn(lab, 'agent1', fault);
		await lab.output('agent1', 'systemctl stop rke2-agent');
		const started = Date.now();
		const { code, stdout } = await again(fault, { rke2_server_ready_seconds: 30 });
		t.true(Date.now() - started < 90_000, `${fault}: it took ${Date.now() - started} ms`);
		t.is(code, 2, fault);
		t.regex(stdout, says, fault);
		t.regex(stdout, /More: journalctl -eu rke2-agent on agent1/, fault);
		await turnOff(lab, 'agent1', fault);
	}

	t.is((await again('without the fault', {})).code, 0);
}

async function upgrade(t: ExecutionContext, lab: TestLab, again: Again): Promise<void> {
	const check = await again('check of an upgrade', { rke2_server_version: nextPatch.version }, '--check');
	t.is(check.code, 0, check.stdout);
	t.deepEqual(await nodes(lab, 'compute1'), ready(firstRelease.version));
	await turnOn(lab, 'compute1', 'budget-blocks-drain', 'agent1');
	await lab.output(
		'compute1',
		`${environment}\nuntil kubectl --namespace kube-fixture wait --for=condition=Ready pod -l stays-on=agent1 --timeout=5s; do sleep 1; done`,
	);
	const blocked = await again('an upgrade that a budget holds back', {
		rke2_server_version: nextPatch.version,
		rke2_server_drain_seconds: 10,
	});
	t.is(blocked.code, 2);
	t.regex(
		blocked.stdout,
		/Let its pods go elsewhere · failed 1 \[agent1[\s\S]*the budget kube-fixture\/stays-on-agent1 allows no eviction/,
	);
	t.deepEqual(await nodes(lab, 'compute1'), [
		`agent1 True ${firstRelease.version}`,
		`compute1 True ${nextPatch.version}`,
	]);
	t.notRegex(await kubectl(lab, 'compute1', 'get nodes'), /SchedulingDisabled/, 'it takes pods again');
	await turnOff(lab, 'compute1', 'budget-blocks-drain');

	// As an administrator does, whose word counts also after the upgrade.
	await kubectl(lab, 'compute1', 'cordon agent1');
	const { code, stdout } = await again('upgrade', { rke2_server_version: nextPatch.version });
	t.is(code, 0, stdout);
	t.regex(await kubectl(lab, 'compute1', 'get node agent1'), /SchedulingDisabled/);
	await kubectl(lab, 'compute1', 'uncordon agent1');
	({ version } = nextPatch);
	t.deepEqual(await nodes(lab, 'compute1'), ready(version));
	t.regex(
		await lab.output('compute1', 'ls /var/lib/rancher/rke2/server/db/snapshots'),
		/^before-v1\.34\.5-rke2r1-/m,
	);
	t.is((await again('upgrade, once more', {})).effects.length, 0);
}

/** The short form of test/rke2-restore.long.test.ts. */
async function restore(t: ExecutionContext, lab: TestLab, again: Again): Promise<void> {
	const maps = () => kubectl(lab, 'compute1', 'get configmaps -o name');
	await kubectl(lab, 'compute1', 'create configmap before');
	const file = '/var/lib/rancher/rke2/server/db/snapshots/ours-*';
	const on = (line: string) => lab.output('compute1', `${environment}\n${line}`);
	const snapshot = await on(`rke2 etcd-snapshot save --name ours >/dev/null; basename ${file}`);
	await kubectl(lab, 'compute1', 'create configmap after');
	const vars = { rke2_server_restore: snapshot.trim(), rke2_server_restore_on: 'compute1' };
	const refused = await again('a restore with another token', { ...vars, rke2_server_token: 'another' });
	t.is(refused.code, 2);
	t.regex(refused.stdout, /rke2_server_token does not open ours-/);
	t.deepEqual(refused.effects, []);
	t.regex(await maps(), /after/);

	const { code, stdout } = await again('restore', vars);
	t.is(code, 0, stdout);
	t.notRegex(await maps(), /after/);
	t.regex(await maps(), /before/);
	t.deepEqual(await nodes(lab, 'compute1'), ready(version));
	t.is((await again('restore, once more', vars)).effects.length, 0);
	await kubectl(lab, 'compute1', 'delete configmap before');
}

/** Secrets on the disk, files that hold them, the names of the certificate, and what runs besides. */
async function protectedWell(t: ExecutionContext, lab: TestLab): Promise<void> {
	const on = (line: string) => lab.output('compute1', `${environment}\n${line}`);
	t.regex(await on('rke2 secrets-encrypt status'), /Encryption Status: Enabled/);
	await on('kubectl create secret generic raw --from-literal=word=in-the-clear');
	const raw = await rawSecret(lab, 'compute1', 'raw');
	await on('kubectl delete secret raw');
	t.regex(raw, /^k8s:enc:/);
	t.notRegex(raw, /in-the-clear/);
	for (const host of ['compute1', 'agent1']) {
		const modes = await lab.output(host, 'find /etc/rancher/rke2 -type f -printf "%m\\n" | sort -u');
		t.is(modes, '600\n', host);
	}

	const names = await on(
		'openssl s_client -connect 127.0.0.1:6443 </dev/null 2>/dev/null | openssl x509 -noout -ext subjectAltName',
	);
	t.true(names.includes(`IP Address:${lab.address('compute1')}`), names);
	t.regex(names, /DNS:compute1\b/);
	t.regex(await on('kubectl get pods -A --no-headers'), /^(\S+ +\S+ +\S+ +(Running|Completed) .*\n)+$/);
}

const environment = 'export KUBECONFIG=/etc/rancher/rke2/rke2.yaml PATH=$PATH:/var/lib/rancher/rke2/bin';

const ready = (of: string) => [`agent1 True ${of}`, `compute1 True ${of}`];

roleTest(test, {
	role: 'rke2-server',
	hosts: [
		{ name: 'compute1', groups: ['rke2_servers'] },
		{ name: 'agent1', groups: ['rke2_agents'] },
	],
	vars: () => ({
		...mirror.variables,
		rke2_server_version: version,
		rke2_server_ready_seconds: 180,
		rke2_server_images: ['core'],
		rke2_server_labels: { 'openg2p.org/tested': 'yes' },
		rke2_server_taints: ['openg2p.org/tested=yes:PreferNoSchedule'],
	}),

	async prepare(lab) {
		({ version } = firstRelease);
		token = undefined;
		await g2pbook(['secret', 'init', '-i', lab.folder]);
		mirror = await startMirror(lab, [firstRelease, nextPatch]);
	},

	async verify(t, lab) {
		t.deepEqual(await nodes(lab, 'compute1'), ready(version));
		for (const node of ['compute1', 'agent1']) {
			const { metadata, spec } = JSON.parse(await kubectl(lab, 'compute1', `get node ${node} -o json`)) as {
				readonly metadata: { readonly labels: Readonly<Record<string, string>> };
				readonly spec: { readonly taints: readonly { readonly key: string }[] };
			};
			t.is(metadata.labels['openg2p.org/tested'], 'yes', node);
			t.is(metadata.labels['g2pbook.openg2p.org/emptied'], undefined, node);
			t.true(
				spec.taints.some(({ key }) => key === 'openg2p.org/tested'),
				node,
			);
		}

		const now = await lab.output('compute1', 'sha256sum /var/lib/rancher/rke2/server/token');
		token ??= now;
		t.is(now, token, 'a run never changes the token');
		for (const host of ['compute1', 'agent1']) {
			t.is(
				await lab.output(
					host,
					'cat /var/lib/rancher/rke2/agent/images/*; ls -A /var/lib/rancher/rke2/agent/images | wc -l',
				),
				`no images: core of ${version}\n1\n`,
			);
		}

		await protectedWell(t, lab);
		t.is(
			(await lab.run('compute1', 'ss -Hltn "sport = :80 or sport = :443"')).stdout,
			'',
			'the packaged ingress controller is left out',
		);
	},

	async change(t, lab, again) {
		await refusals(t, lab, again);
		await unready(t, lab, again);
		await upgrade(t, lab, again);
		await rotation(t, lab, again);
		await restore(t, lab, again);
	},

	removal: {
		vars: { rke2_server_state: 'absent' },
		async verify(t, lab) {
			for (const host of ['compute1', 'agent1']) {
				t.is(
					(
						await lab.run(
							host,
							'pgrep -a "rke2|etcd|kube"; ss -Hltn "sport = :6443 or sport = :9345"; ls /usr/local/bin',
						)
					).stdout,
					'',
					host,
				);
			}

			t.is(
				(await lab.run('compute1', 'test -e /var/lib/rancher/rke2/server/db/etcd/member')).code,
				0,
				'the data stay',
			);
			t.is((await lab.run('agent1', 'test -e /var/lib/rancher')).code, 1);
		},
	},

	drift: [
		{
			name: 'a label was taken away',
			break: (lab) => kubectl(lab, 'compute1', 'label node agent1 openg2p.org/tested-'),
			repairs: [/Let it have its labels and taints/],
		},
		{
			name: 'a setting was changed by hand',
			break: (lab) => lab.output('compute1', `sed -i 's/50Mi/10Mi/' /etc/rancher/rke2/config.yaml`),
			repairs: [/Tell it what it is/, /Let it run/],
		},
		{
			name: 'certificates that end soon',
			break: (lab) =>
				lab.output(
					'compute1',
					`cd /var/lib/rancher/rke2/server/tls && openssl x509 -in client-admin.crt -days 50 -signkey client-admin.key -out client-admin.crt`,
				),
			repairs: [/Let it run/],
		},
		{
			name: 'a server was stopped',
			break: (lab) => lab.output('compute1', 'systemctl stop rke2-server'),
			repairs: [/Start the servers that belong/, /Let it run/],
		},
		{
			name: 'a setting was written, and the restart never came',
			break: (lab) => lab.output('agent1', 'echo nothing >/run/g2pbook/rke2-settings'),
			repairs: [/Let it run/],
		},
	],
});
