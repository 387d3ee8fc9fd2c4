import { mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { release, tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { execa } from 'execa';
import { containerOptions } from '../src/lab/container.ts';
import { distributionNamed } from '../src/lab/distributions.ts';
import { raiseInotify } from '../src/lab/inotify.ts';
import { prepareFolder, removeInventory, writeInventory } from '../src/lab/inventory-folder.ts';
import { newKeyPair } from '../src/lab/keys.ts';
import { labId } from '../src/lab/lab.ts';
import { addressIn } from '../src/lab/network.ts';
import { imageTag, recipe } from '../src/lab/recipe.ts';
import { candidateSubnets, freeSubnets } from '../src/lab/subnets.ts';
import { tar } from '../src/lab/tar.ts';
import { roleGroups, topologies, topologyNamed } from '../src/lab/topologies.ts';

const folder = async (t: { teardown(fn: () => Promise<void>): void }): Promise<string> => {
	const path = await mkdtemp(join(tmpdir(), 'g2pbook lab '));
	t.teardown(() => rm(path, { recursive: true }));
	return path;
};

for (const { name, hosts } of topologies) {
	test(`topology ${name}: every host has a role, names are unique, reverse_proxy and rke2_servers have members`, (t) => {
		t.is(new Set(hosts.map((host) => host.name)).size, hosts.length);
		t.true(hosts.every(({ groups }) => groups.length > 0));
		t.deepEqual(
			hosts.flatMap(({ groups }) => groups).filter((group) => !roleGroups.some((known) => known === group)),
			[],
		);
		for (const group of ['reverse_proxy', 'rke2_servers', 'storage', 'backup']) {
			t.true(
				hosts.some(({ groups }) => groups.includes(group)),
				group,
			);
		}
	});
}

test('a misspelt topology or image suggests the nearest', (t) => {
	t.is(t.throws(() => topologyNamed('prod-minimal')).message, 'there is no topology "prod-minimal"');
	t.like(
		t.throws(() => topologyNamed('sandbx')),
		{ hint: 'did you mean "sandbox"?' },
	);
	t.like(
		t.throws(() => distributionNamed('debian12')),
		{ hint: 'did you mean "debian-12"?' },
	);
});

const subnetRows: readonly [used: string[], free: boolean, why: string][] = [
	[[], true, 'nothing is used'],
	[['172.30.0.0/24'], false, 'the same network'],
	[['172.16.0.0/12'], false, 'a network around it'],
	[['172.30.0.128/25'], false, 'a part of it'],
	[['172.30.0.7/32'], false, 'one address of it'],
	[['172.30.1.0/24', '10.0.0.0/8'], true, 'the neighbours'],
];
for (const [used, free, why] of subnetRows) {
	test(`172.30.0.0/24 is ${free ? 'free' : 'taken'}: ${why}`, (t) => {
		t.is(freeSubnets(['172.30.0.0/24'], used).length === 1, free);
	});
}

test('no subnet of labs overlaps with what roles use', (t) => {
	t.is(
		freeSubnets(candidateSubnets, ['10.15.0.0/16', '10.42.0.0/16', '10.43.0.0/16']).length,
		candidateSubnets.length,
	);
	t.is(addressIn('172.30.7.0/24', 0), '172.30.7.11');
});

test('the id of a lab is that of its folder: readable, fit for Docker, another for another clone', (t) => {
	t.regex(labId('/srv/one/inventories/lab'), /^lab-[0-9a-f]{6}$/);
	t.not(labId('/srv/one/inventories/lab'), labId('/srv/two/inventories/lab'));
	t.regex(labId('/srv/My Lab!'), /^my-lab-[0-9a-f]{6}$/);
});

test('another recipe is another image', (t) => {
	const debian = distributionNamed('debian-12');
	const tag = imageTag(debian, recipe([]));
	t.regex(tag, /^g2pbook-lab\/debian-12:[0-9a-f]{12}$/);
	t.is(imageTag(debian, recipe([])), tag);
	t.not(imageTag(debian, recipe(['Acquire::Retries "3";'])), tag);
});

for (const version of ['1', '2'] as const) {
	test(`a host is not privileged, and keeps its hands off the machine's kernel (cgroup v${version})`, (t) => {
		const { HostConfig } = containerOptions(
			{ name: 'x', hostname: 'x', image: 'i', labels: {}, init: 'systemd' },
			version,
		);
		t.falsy(HostConfig?.Privileged);
		t.true(HostConfig?.ReadonlyPaths?.includes('/proc/sys/vm'));
		t.false(HostConfig?.ReadonlyPaths?.includes('/proc/sys'));
		t.is(HostConfig?.Binds?.includes('/sys/fs/cgroup:/sys/fs/cgroup:rw'), version === '1');
	});
}

test('an archive is what tar says it is', async (t) => {
	const path = await folder(t);
	const archive = tar([
		{ path: 'a/', mode: 0o700 },
		{ path: 'a/odd', mode: 0o640, uid: 1000, gid: 1000, content: 'é'.repeat(300) },
		{ path: 'a/empty', mode: 0o600, content: '' },
	]);
	const { stdout } = await execa('tar', ['--numeric-owner', '-tv'], { input: archive });
	t.deepEqual(
		stdout.split('\n').map((line) => line.replace(/ +/g, ' ').replace(/ \d{4}-\d\d-\d\d \d\d:\d\d/, '')),
		['drwx------ 0/0 0 a/', '-rw-r----- 1000/1000 600 a/odd', '-rw------- 0/0 0 a/empty'],
	);
	await execa('tar', ['--no-same-owner', '-x', '-C', path], { input: archive });
	t.is(await readFile(join(path, 'a/odd'), 'utf8'), 'é'.repeat(300));
});

test('a key is one that OpenSSH accepts', async (t) => {
	const path = await folder(t);
	const pair = newKeyPair('of a test');
	await writeFile(join(path, 'key'), pair.private, { mode: 0o600 });
	const { stdout } = await execa('ssh-keygen', ['-y', '-f', join(path, 'key')]);
	t.is(stdout, pair.public);
});

test('the inventory: key closed, everything hidden from git, taken away again, what is not ours stays', async (t) => {
	const path = join(await folder(t), 'lab');
	const key = await prepareFolder(path);
	t.is((await prepareFolder(path)).private, key.private);
	const host = { name: 'rp1', groups: ['reverse_proxy'], address: '172.30.0.11', failedUnits: [] };
	await writeInventory(path, [host], new Map([['rp1', 'ssh-ed25519 AAAA']]));
	t.is((await stat(join(path, '.ssh/id_ed25519'))).mode & 0o777, 0o600);
	t.is(await readFile(join(path, '.gitignore'), 'utf8'), '*\n');
	t.is(await readFile(join(path, '.ssh/known_hosts'), 'utf8'), 'rp1,172.30.0.11 ssh-ed25519 AAAA\n');
	const hosts = await readFile(join(path, 'hosts.yml'), 'utf8');
	for (const group of roleGroups) {
		t.true(hosts.includes(`    ${group}:\n`), group);
	}

	t.regex(
		await readFile(join(path, 'group_vars/all.yml'), 'utf8'),
		/-o 'UserKnownHostsFile=".*g2pbook lab .*\/\.ssh\/known_hosts"' -o IdentitiesOnly=yes/,
	);
	await mkdir(join(path, 'host_vars'));
	await removeInventory(path);
	await t.throwsAsync(stat(join(path, 'hosts.yml')));
	t.true((await stat(join(path, 'host_vars'))).isDirectory());
});

test("an inventory that is not the lab's is neither overwritten nor removed", async (t) => {
	const path = await folder(t);
	await writeFile(join(path, 'hosts.yml'), 'all: {}\n');
	await t.throwsAsync(prepareFolder(path), { message: /has not written/ });
	await removeInventory(path);
	t.is(await readFile(join(path, 'hosts.yml'), 'utf8'), 'all: {}\n');
});

for (const { title, instances, kernel, says, after } of [
	{
		title: 'too little is raised',
		instances: '128\n',
		kernel: release(),
		says: [/max_user_instances of this machine was 128, .* now 8192/],
		after: '8192\n',
	},
	{ title: 'enough stays', instances: '9000\n', kernel: release(), says: [], after: '9000\n' },
	{ title: 'another machine is left alone', instances: '128\n', kernel: '1.0', says: [], after: '128\n' },
	{
		title: 'what may not be written is told',
		instances: undefined,
		kernel: release(),
		says: [/max_user_instances of this machine is 40, .*sudo sysctl -w fs\.inotify\.max_user_instances=8192/],
		after: undefined,
	},
]) {
	test(`what may be watched on the machine of the engine: ${title}`, async (t) => {
		const path = await folder(t);
		const file = join(path, 'max_user_instances');
		// A small number that even root may not write.
		await (instances === undefined
			? symlink('/proc/sys/kernel/cap_last_cap', file)
			: writeFile(file, instances));
		const told: string[] = [];
		await raiseInotify(kernel, (line) => told.push(line), path);
		t.is(told.length, says.length, told.join('\n'));
		for (const [index, pattern] of says.entries()) {
			t.regex(told[index] ?? '', pattern);
		}

		t.is(await readFile(file, 'utf8'), after ?? '40\n');
	});
}
