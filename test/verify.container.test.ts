import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { topologyNamed } from '../src/lab/topologies.ts';
import { type HostStatus, wrongOf } from '../src/report/status.ts';
import { g2pbook, play } from './fixtures/containers/command-line.ts';
import { testImage } from './fixtures/containers/images.ts';
import { startLab } from './fixtures/containers/lab.ts';

/** Nothing as it comes: what is checked must follow the inventory. Admin names are for the tunnel only. */
const settings: Readonly<Record<string, string>> = {
	reverse_proxy: `
wireguard_interface: wgadm
wireguard_address: 10.99.0.1/16
wireguard_port: 51999
wireguard_next_port: 51998
wireguard_channels:
  - {name: admins, subnet: 10.99.1.0/24}
  - {name: auditors, subnet: 10.99.2.0/24, to: [https]}
certs_folder: /etc/tls-of-the-proxy
nginx_rp_domain: ministry.example
nginx_rp_admin_names: [rancher, keycloak]
nginx_rp_private_subnets: [10.99.0.0/16]
nginx_rp_environments:
  - {name: pilot, server_name: "*.pilot.ministry.example", public: false}
  - {name: office, server_name: office.ministry.example, public: [203.0.113.0/24]}
  - {name: live, server_name: live.ministry.example, private_paths: [/admin]}
`,
	storage: `
postgres_native_port: 6543
postgres_native_roles:
  - {name: readers, login: false}
  - {name: registry, password: !secret {name: registry, generate: {length: 20}}}
postgres_native_databases: [{name: people, owner: registry}, {name: archive, owner: readers}]
nfs_export_path: /srv/shared
`,
};

/** What is broken by hand, where, and what each host then says of it, all at once. */
const broken: readonly { readonly host: string; readonly line: string; readonly says: readonly RegExp[] }[] =
	[
		{
			host: 'rp1',
			line: 'systemctl stop wg-quick@wgadm',
			says: [/^the tunnel wgadm, port 51999 is not up: /m],
		},
		{
			host: 'rp1',
			line: 'systemctl stop nginx',
			says: [
				/^https:\/\/rancher\.ministry\.example on rp1 is not served as it should be: /m,
				/^https:\/\/live\.ministry\.example on rp1 is not served as it should be: .*(refused|connect)/m,
			],
		},
		{
			host: 'storage1',
			line: 'systemctl stop "postgresql@*"',
			says: [/^PostgreSQL does not answer to registry in people on storage1: .*refused/m],
		},
		{
			host: 'storage1',
			line: 'systemctl stop "nfs-ganesha*" "nfs-server*"',
			says: [/^no file can be read over NFS from \/srv\/shared on storage1: /m],
		},
	];

test(`verify.yml on an installation where nothing is as it comes (${testImage})`, async (t) => {
	t.timeout(15 * 60_000);
	const lab = await startLab(t, topologyNamed('prod-minimum').hosts);
	t.is((await g2pbook(['secret', 'init', '-i', lab.folder])).code, 0);
	await mkdir(join(lab.folder, 'group_vars'), { recursive: true });
	for (const [group, values] of Object.entries(settings)) {
		await writeFile(join(lab.folder, 'group_vars', `${group}.yml`), values);
	}

	const absent = ['-i', lab.folder, '-e', 'rke2_server_state=absent'];
	const run = (playbook: string, ...words: string[]) =>
		play(playbook, lab.folder, [...absent.slice(2), ...words]);
	const said = ({ stdout }: { readonly stdout: string }) => stdout.replaceAll(/^ +/gm, '');

	const first = await run('prod-minimum.yml');
	t.is(first.code, 0, first.stdout + first.stderr);
	const fine = await run('verify.yml');
	t.is(fine.code, 0, fine.stdout + fine.stderr);
	const status = async () => {
		const { code, stdout, stderr } = await g2pbook(['status', ...absent, '--report', 'json']);
		const { hosts } = JSON.parse(stdout || '{"hosts":[]}') as { readonly hosts: readonly HostStatus[] };
		const wrong = hosts.flatMap((host) =>
			wrongOf(host).map(({ tier, what }) => `${host.host} ${tier} ${what}`),
		);
		return { code, wrong, hosts, stderr };
	};
	t.like(await status(), { code: 0, wrong: [] });

	for (const { host, line } of broken) {
		await lab.output(host, line);
	}

	const wrong = await run('verify.yml', '-e', 'verify_patience=1');
	t.is(wrong.code, 2, wrong.stdout + wrong.stderr);
	for (const pattern of broken.flatMap(({ says }) => says)) {
		t.regex(said(wrong), pattern);
	}

	const parts = [
		'rp1 proxy nginx',
		'rp1 proxy WireGuard',
		'storage1 database PostgreSQL',
		'storage1 files NFS',
	];
	t.like(await status(), { code: 3, wrong: parts });

	await lab.output('rp1', 'systemctl start wg-quick@wgadm nginx');

	// A host dies. What the others do does not wait for it, where the operator says so.
	await lab.hosts.find(({ name }) => name === 'storage1')?.container.kill();
	const told = await g2pbook(['status', ...absent]);
	t.is(told.code, 3, told.stdout + told.stderr);
	t.regex(told.stdout, /^storage1\n {2}✗ host +answer: .+/m);
	t.regex(told.stdout, /^ {2}= proxy +nginx: runs · certificates: good for \d+ days/m);
	t.regex(told.stdout, /^1 thing needs a person, on storage1\.$/m);
	const change = ['-e', 'base_timezone=Asia/Manila'];
	const stopped = await run('prod-minimum.yml', ...change);
	t.is(stopped.code, 4, stopped.stdout);
	t.deepEqual(stopped.effects, []);
	t.regex(said(stopped), /storage1 cannot be reached.*--ignore-unreachable, or --limit 'all:!storage1'/);

	const limited = await run('prod-minimum.yml', ...change, '--limit', 'rp1:compute1');
	t.is(limited.code, 0, limited.stdout + limited.stderr);
	t.deepEqual(limited.effects.map(({ host }) => host).sort(), ['compute1', 'rp1']);
	t.regex(said(limited), /^not part of this run, or out of reach: storage1, backup1\./m);
	t.regex(
		said(limited),
		/^compute1 gets no answer from postgres on storage1, nfs on storage1, node-exporter on storage1, postgres-exporter on storage1$/m,
	);

	const ignoring = await run('prod-minimum.yml', ...change, '--ignore-unreachable');
	t.is(ignoring.code, 4, ignoring.stdout + ignoring.stderr);
	t.deepEqual(
		ignoring.effects.map(({ host }) => host),
		['backup1'],
	);
	t.regex(said(ignoring), /^PostgreSQL does not answer to registry in people on storage1: /m);
});
