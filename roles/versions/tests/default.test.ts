import { writeFile } from 'node:fs/promises';
import test from 'ava';
import { g2pbook, play } from '../../../test/fixtures/containers/command-line.ts';
import { differences, fingerprint } from '../../../test/fixtures/containers/fingerprint.ts';
import { imagesOf } from '../../../test/fixtures/containers/images.ts';
import { startLab } from '../../../test/fixtures/containers/lab.ts';
import { type Refusal, refuses } from '../../../test/fixtures/containers/refusals.ts';

const today = { versions_today: '2026-10-01' };
/** What the present automation of OpenG2P installs. */
const upstream = {
	rke2_server_version: 'v1.33.6+rke2r1',
	helm_version: 'v3.17.3',
	istio_version: '1.24.1',
	rancher_version: '2.12.3',
};
const accepted = [
	'rke2 1.33',
	'istio 1.24',
	'helm 3.17 with rke2 1.33',
	'istio 1.24 with rke2 1.33',
] as const;

/** What is refused, with all that is said of it. */
const refused: readonly Refusal[] = [
	[
		'the pins of upstream',
		upstream,
		[
			/\[rke2 1\.33\] rke2_server_version is v1\.33\.6\+rke2r1, and rke2 1\.33 was supported until 2026-06-28 \(kubernetes\.io/,
			/\[istio 1\.24\] istio_version is 1\.24\.1, and istio 1\.24 was supported until 2025-06-24 .*: take one of 1\.31, 1\.30, 1\.29/,
			/\[helm 3\.17 with rke2 1\.33\] helm_version is v3\.17\.3, .* with Kubernetes 1\.29, 1\.30, 1\.31, 1\.32 /,
			/\[istio 1\.24 with rke2 1\.33\] .*rke2_server_version has 1\.33: take another version of one of them/,
		],
	],
	[
		'one that is not among the exceptions',
		{ ...upstream, versions_accept: accepted.slice(1) },
		[/\[rke2 1\.33\]/],
	],
	[
		'an exception that nothing is like',
		{ versions_accept: ['istio 1.24'] },
		[/versions_accept names "istio 1\.24", and nothing is like that any more: take it away/],
	],
	[
		'an exception that is not exact',
		{ ...upstream, versions_accept: ['rke2', ...accepted.slice(1)] },
		[/\[rke2 1\.33\]/, /versions_accept names "rke2", .* \(there is "rke2 1\.33"/],
	],
	[
		'what the table does not know',
		{ rke2_server_version: 'v1.99.0+rke2r1' },
		[/of rke2 1\.99 the table knows nothing: take one of 1\.37, .*versions_support_more/],
	],
	[
		'a mirror without http',
		{ artifact_mirror: 'mirror.example.org' },
		[/artifact_mirror is mirror\.example\.org, and has to begin with http:\/\/ or https:\/\//],
	],
	[
		'files of which nobody knows what they have to be like, of all that will be downloaded',
		{
			versions_wanted: ['rke2', 'helm', 'istio', 'rancher', 'commons'],
			rancher_source: 'https://charts.example.org',
			commons_env_version: '2.3.99',
			commons_env_environments: [{ name: 'pilot' }],
		},
		[
			/no checksum of rancher-2\.15\.1\.tgz, which is to come from https:\/\/charts\.example\.org: give it in versions_checksums_more/,
			/no checksum of openg2p-commons-base-2\.3\.99\.tgz/,
			/no checksum of openg2p-commons-services-2\.3\.99\.tgz/,
		],
	],
	[
		'the day after',
		{ versions_today: '2027-03-01' },
		[/\[rke2 1\.35\] .*until 2027-02-28/, /\[istio 1\.31\]/],
	],
];

/** What is let pass. */
const passing: readonly (readonly [title: string, vars: Readonly<Record<string, unknown>>])[] = [
	['the table', {}],
	['on the last day', { versions_today: '2027-02-28' }],
	['what goes', { ...upstream, rke2_server_state: 'absent' }],
	['an exception of what goes', { ...upstream, versions_accept: accepted, rke2_server_state: 'absent' }],
	['every exception', { ...upstream, versions_accept: accepted }],
	[
		'a longer contract',
		{
			versions_today: '2027-01-01',
			rke2_server_version: 'v1.34.4+rke2r1',
			versions_support_more: [{ name: 'rke2', minor: '1.34', until: '2027-06-30', source: 'our contract' }],
		},
	],
];

const { life } = imagesOf('versions');

test.serial(`role versions on ${life}`, async (t) => {
	t.timeout(5 * 60_000);
	const lab = await startLab(t, [
		{ name: 'compute1', groups: ['rke2_servers'] },
		{ name: 'agent1', groups: ['rke2_agents'] },
		{ name: 'rp1', groups: ['reverse_proxy'] },
	]);
	const playbook = `${lab.folder}-versions.yml`;
	const run = async (vars: Readonly<Record<string, unknown>>, roles: readonly string[] = ['versions']) => {
		const plays = [
			{ hosts: 'all', become: true, any_errors_fatal: true, vars: { ...today, ...vars }, roles },
			{ hosts: 'all', become: true, tasks: [{ file: { path: '/root/begun', state: 'touch' } }] },
		];
		await writeFile(playbook, JSON.stringify(plays));
		return await play(playbook, lab.folder, []);
	};

	const before = await Promise.all(lab.hosts.map(fingerprint));
	await refuses(t, refused, (_, vars) => run(vars));

	await g2pbook(['secret', 'init', '-i', lab.folder]);
	// A role that takes its version from the table refuses by itself, too.
	const alone = await run({ ...upstream, rke2_server_source: 'http://127.0.0.1:1' }, ['rke2-server']);
	t.is(alone.code, 5, alone.stdout + alone.stderr);
	t.regex(alone.stdout, /\[rke2 1\.33\]/);
	const after = await Promise.all(lab.hosts.map(fingerprint));
	t.deepEqual(
		lab.hosts.flatMap((_, index) => differences(before[index] ?? new Map(), after[index] ?? new Map())),
		[],
		'what is refused changes nothing',
	);

	for (const [title, vars] of passing) {
		const { code, stdout } = await run(vars);
		t.is(code, 0, `${title}\n${stdout}`);
	}

	// What is set for hosts of the cluster only, a proxy in the same play does not see.
	for (const group of ['rke2_servers', 'rke2_agents']) {
		await writeFile(`${lab.folder}/group_vars/${group}.yml`, 'rke2_server_version: v1.34.4+rke2r1\n');
	}

	const beside = await run({
		versions_support_more: [{ name: 'rke2', minor: '1.35', until: '2026-01-01', source: 'nobody' }],
	});
	t.is(beside.code, 0, beside.stdout);
});
