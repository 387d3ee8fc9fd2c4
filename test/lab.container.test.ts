import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { execa } from 'execa';
import { distributionNamed } from '../src/lab/distributions.ts';
import { openDocker } from '../src/lab/docker.ts';
import { labDown } from '../src/lab/down.ts';
import { labs } from '../src/lab/status.ts';
import { topologyNamed } from '../src/lab/topologies.ts';
import { labUp } from '../src/lab/up.ts';
import { g2pbook } from './fixtures/containers/command-line.ts';
import { differences, fingerprint } from './fixtures/containers/fingerprint.ts';
import { startHost } from './fixtures/containers/host.ts';
import { testImage } from './fixtures/containers/images.ts';
import { startLab } from './fixtures/containers/lab.ts';
import { testRun } from './fixtures/containers/reaper.ts';

/** By OpenSSH and the written files alone, as a person or another tool would. */
const ssh = async (folder: string, user: string, address: string, line: string) => {
	const words = ['-F', 'none', '-o', 'BatchMode=yes', '-o', 'StrictHostKeyChecking=yes'];
	const files = [
		'-i',
		join(folder, '.ssh/id_ed25519'),
		'-o',
		`UserKnownHostsFile=${join(folder, '.ssh/known_hosts')}`,
	];
	return execa('ssh', [...words, ...files, `${user}@${address}`, line], { reject: false });
};

test.serial('a lab: made, used, stopped, started, made whole, taken down', async (t) => {
	const { folder: tests, labels } = testRun();
	const folder = join(tests, 'lab');
	const wish = {
		topology: topologyNamed('prod-minimum'),
		distribution: distributionNamed(testImage),
		folder,
		labels,
	};
	const docker = await openDocker();
	const lab = await labUp(wish);
	t.teardown(async () => {
		await labDown(docker, lab.id);
	});
	t.deepEqual(
		lab.hosts.map(({ name, failedUnits }) => [name, failedUnits]),
		[
			['rp1', []],
			['compute1', []],
			['storage1', []],
			['backup1', []],
		],
	);
	for (const { name, address } of lab.hosts) {
		const { stdout } = await ssh(
			folder,
			'admin',
			address,
			'hostname; sudo id -u; systemctl is-system-running',
		);
		t.is(stdout, `${name}\n0\nrunning`);
		t.is((await ssh(folder, 'root', address, 'id -u; command -v python3')).stdout, '0');
	}

	const [rp1, compute1] = lab.hosts;
	if (rp1 === undefined || compute1 === undefined) {
		return t.fail('the lab has four hosts');
	}

	t.is(
		(await ssh(folder, 'root', rp1.address, 'ping -c 1 -W 2 storage1 >/dev/null && echo ok')).stdout,
		'ok',
	);

	const before = await readFile(join(folder, '.ssh/known_hosts'), 'utf8');
	await ssh(folder, 'root', rp1.address, 'hostnamectl set-hostname other; echo 192.0.2.7 far >>/etc/hosts');
	await rp1.container.stop();
	await compute1.container.remove({ force: true });
	const again = await labUp(wish);
	t.deepEqual(
		again.hosts.map(({ address }) => address),
		lab.hosts.map(({ address }) => address),
	);
	const { stdout } = await ssh(folder, 'root', rp1.address, 'hostname; getent hosts far');
	t.regex(stdout, /^other\n192\.0\.2\.7 +far$/, 'a restart keeps what was changed');
	const after = await readFile(join(folder, '.ssh/known_hosts'), 'utf8');
	t.is(after.split('\n')[0], before.split('\n')[0]);
	t.not(after.split('\n')[1], before.split('\n')[1], 'a host that was made anew has another identity');

	// A key that was lost is replaced, and opens the hosts.
	await rm(join(folder, '.ssh/id_ed25519'));
	await labUp(wish);
	t.is((await ssh(folder, 'admin', rp1.address, 'echo in')).stdout, 'in');

	await t.throwsAsync(labUp({ ...wish, topology: topologyNamed('sandbox') }), {
		message: /this lab is up as prod-minimum/,
	});
	t.true((await labs(docker)).some(({ id, hosts }) => id === lab.id && hosts.length === 4));
	t.is(await labDown(docker, lab.id), 4);
	t.false((await labs(docker)).some(({ id }) => id === lab.id));
	await t.throwsAsync(readFile(join(folder, 'hosts.yml')));
});

test.serial('the commands: up, status, shell, down, and what they say when something is wrong', async (t) => {
	const folder = join(testRun().folder, 'by-hand');
	const place = ['--folder', folder];
	t.teardown(async () => {
		await g2pbook(['lab', 'down', ...place]);
	});
	const up = await g2pbook(['lab', 'up', '--topology', 'sandbox', '--image', testImage, ...place]);
	t.is(up.code, 0, up.stderr);
	t.regex(up.stdout, /sandbox1 +172\.30\.\d+\.11/);
	t.regex((await g2pbook(['lab', 'status'])).stdout, /by-hand-[0-9a-f]{6}: sandbox on /);
	const shell = await g2pbook(['lab', 'shell', ...place, 'sandbox1', 'sudo', 'id', '-u']);
	t.deepEqual([shell.code, shell.stdout], [0, '0']);
	t.is((await g2pbook(['lab', 'shell', ...place, 'sandbox1', 'exit 7'])).code, 7);
	const wrong = await g2pbook(['lab', 'shell', ...place, 'sandbox2']);
	t.is(wrong.code, 5);
	t.regex(wrong.stderr, /did you mean "sandbox1"/);
	t.is((await g2pbook(['lab', 'down', ...place])).code, 0);
	const down = await g2pbook(['lab', 'shell', ...place, 'sandbox1']);
	t.regex(down.stderr, /this lab is not up/);
});

test.serial('without a Docker engine it says so, and what to do', async (t) => {
	const env = { DOCKER_HOST: 'tcp://127.0.0.1:9' };
	const { code, stderr } = await g2pbook(['lab', 'up', '--folder', join(testRun().folder, 'none')], { env });
	t.is(code, 2);
	t.regex(stderr, /the Docker engine does not answer: .*ECONNREFUSED[\s\S]*DOCKER_HOST/);
});

test('two labs side by side do not meet', async (t) => {
	const hosts = [{ name: 'one', groups: ['storage'] }];
	const [left, right] = await Promise.all([startLab(t, hosts), startLab(t, hosts)]);
	t.not(left.subnet, right.subnet);
	t.not((await left.run('one', `ping -c 1 -W 1 ${right.address('one')}`)).code, 0);
	await left.output('one', 'echo left >/srv/mine');
	t.is((await right.run('one', 'ls /srv')).stdout, '');
});

test('a fingerprint is the same when nothing happened, and tells what did', async (t) => {
	const host = await startHost(t);
	const before = await fingerprint(host);
	// Looking at a host is not changing it, logging in and using sudo included.
	const { exitCode } = await execa(
		'ssh',
		[
			...[
				'-i',
				host.keyFile,
				'-o',
				`UserKnownHostsFile=${host.knownHosts}`,
				'-o',
				'StrictHostKeyChecking=yes',
			],
			...[
				`${host.user}@${host.address}`,
				'sudo apt-cache policy nginx; systemctl status ssh; hostnamectl; ls /root',
			],
		],
		{ reject: false },
	);
	t.not(exitCode, 255);
	t.deepEqual(differences(before, await fingerprint(host)), []);
	await host.output(
		'chmod 0600 /etc/motd; echo x >>/etc/issue; mkdir /opt/new; systemctl disable --now ssh; chown 7 /etc/fstab; apt-get install -yq cron',
	);
	const changes = differences(before, await fingerprint(host)).join('\n');
	for (const row of [
		/^entry \/etc\/motd: f 644 0:0 .*→ f 600 0:0/m,
		/^content \/etc\/issue: /m,
		/^entry \/opt\/new: was not there → d 755/m,
		/^unit ssh\.service: loaded active → /m,
		/^enabled ssh\.service: enabled.* → disabled/m,
		/^package cron: was not there → /m,
	]) {
		t.regex(changes, row);
	}
});

test('a host without init starts in a blink, and everything goes away with its process, however it ends', async (t) => {
	const program = `
		import { startHost } from './test/fixtures/containers/host.ts';
		const host = await startHost(undefined, { init: 'sshd' });
		process.stdout.write(host.container.id + '\\n' + host.address + '\\n');
		process.kill(process.pid, 'SIGKILL');`;
	const { stdout, signal } = await execa(
		process.execPath,
		['--import=tsx', '--input-type=module', '--eval', program],
		{ reject: false },
	);
	t.is(signal, 'SIGKILL');
	const [id = ''] = stdout.split('\n');
	t.regex(id, /^[0-9a-f]{64}$/);
	const docker = await openDocker();
	const gone = async () => (await docker.listContainers({ all: true })).every(({ Id }) => Id !== id);
	for (let tries = 0; tries < 50 && !(await gone()); tries++) {
		await new Promise((resolve) => setTimeout(resolve, 200));
	}

	t.true(await gone());
});
