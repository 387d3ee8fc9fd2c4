import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import test from 'ava';

// One sshd on a hundred loopback addresses: as far as the controller can tell, a hundred hosts.

const count = 100;
const folder = mkdtempSync(join(tmpdir(), 'g2p-many-'));
const at = (name: string): string => join(folder, name);
const repository = fileURLToPath(new URL('..', import.meta.url));

// The loader of the sources takes memory of its own: what was built has to keep within its budget, 120 MB with the
// 45 MB that an idle Node 20 takes. Later ones take more.
const isBuilt = Boolean(process.env.G2PBOOK_BUILT);
const program = isBuilt
	? [join(repository, 'dist/main.js')]
	: ['--import=tsx', join(repository, 'src/main.ts')];
const idle = execFileSync(process.execPath, ['-p', 'process.resourceUsage().maxRSS'], { encoding: 'utf8' });
const mostMegabytes = 120 - 45 + Math.max(45, Number(idle) / 1024) + (isBuilt ? 0 : 80);

const addresses = Array.from({ length: count }, (_, index) => `127.1.0.${index + 1}`);

const playbook = `- name: Many
  hosts: all
  vars:
    place: "${folder}/hosts/{{inventory_hostname}}"
  tasks:
    - file: {path: "{{place}}/conf.d", state: directory, mode: "0755"}
    - copy: {content: "host={{inventory_hostname}}\\ncpus={{facts.cpus}}\\n", dest: "{{place}}/a.conf"}
    - copy: {content: "{{facts.os.pretty}}\\n", dest: "{{place}}/b.conf"}
    - copy: {src: large.txt, dest: "{{place}}/large.txt"}
    - template: {src: main.conf, dest: "{{place}}/main.conf", mode: "0640"}
    - template: {src: main.conf, dest: "{{place}}/conf.d/main.conf"}
    - lineinfile: {path: "{{place}}/c.conf", create: true, line: "port=5432"}
    - lineinfile: {path: "{{place}}/c.conf", regexp: "^cpus=", line: "cpus=many"}
    - blockinfile: {path: "{{place}}/c.conf", block: "one\\ntwo"}
    - replace: {path: "{{place}}/c.conf", regexp: "^slow$", replace: fast}
    - file: {path: "{{place}}/link", src: a.conf, state: link}
    - file: {path: "{{place}}/gone", state: absent}
    - copy: {content: "{{item}}", dest: "{{place}}/{{item}}.txt"}
      loop: [x, y, z]
    - stat: {path: "{{place}}/a.conf"}
      register: there
    - assert: {that: there.stat.exists}
    - command: "seq 1 200"
      register: numbers
      changed_when: false
    - set_fact: {last: !cel "numbers.stdout_lines[size(numbers.stdout_lines) - 1]"}
    - copy: {content: "{{last}}\\n", dest: "{{place}}/last"}
    - debug: {msg: "{{inventory_hostname}} of {{facts.hostname}}"}
    - user: {name: ${userInfo().username}}
`;

type Run = {
	readonly code: number | null;
	readonly stdout: string;
	readonly stderr: string;
	readonly megabytes: number;
	readonly cpu: number;
};

/** The program with the most memory that it had, as the kernel counts it. */
async function g2pbook(...words: readonly string[]): Promise<Run> {
	const child = spawn(process.execPath, [...program, ...words], {
		cwd: repository,
		env: { ...process.env, NO_COLOR: '1' },
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	const said = { stdout: '', stderr: '' };
	child.stdout.on('data', (chunk: Buffer) => {
		said.stdout += chunk.toString();
	});
	child.stderr.on('data', (chunk: Buffer) => {
		said.stderr += chunk.toString();
	});
	let [kilobytes, ticks] = [0, 0];
	const timer = setInterval(() => {
		try {
			const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
			kilobytes = Math.max(kilobytes, Number(/^VmHWM:\s*(\d+)/m.exec(status)?.[1] ?? 0));
			const [user = 0, system = 0] = readFileSync(`/proc/${child.pid}/stat`, 'utf8')
				.split(' ')
				.slice(13, 15)
				.map(Number);
			ticks = user + system;
		} catch {
			// It has ended in the meantime.
		}
	}, 20);
	const [code] = (await once(child, 'close')) as [number | null];
	clearInterval(timer);
	return { code, ...said, megabytes: kilobytes / 1024, cpu: ticks / 100 };
}

async function freePort(): Promise<number> {
	const server = createServer().listen(0, '127.0.0.1');
	await once(server, 'listening');
	const address = server.address();
	server.close();
	return typeof address === 'object' && address !== null ? address.port : 0;
}

async function untilListening(port: number): Promise<void> {
	for (let tries = 0; tries < 200; tries++) {
		const socket = connect(port, '127.1.0.1');
		const answered = await Promise.race([
			once(socket, 'connect').then(
				() => true,
				() => false,
			),
			sleep(1000).then(() => false),
		]);
		socket.destroy();
		if (answered) {
			return;
		}

		await sleep(50);
	}

	throw new Error('sshd does not listen');
}

let server: ReturnType<typeof spawn> | undefined;

test.before('a hundred hosts', async (t) => {
	t.timeout(60_000);
	for (const name of ['host', 'login']) {
		execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', name, '-f', at(name)]);
	}

	const port = await freePort();
	// A home without start-up files: they would cost more than the tasks.
	for (const name of ['home', 'hosts', 'files', 'templates', 'inventory']) {
		mkdirSync(at(name));
	}

	const settings = [
		`Port ${port}`,
		'ListenAddress 0.0.0.0',
		`HostKey ${at('host')}`,
		`AuthorizedKeysFile ${at('login.pub')}`,
		`SetEnv HOME=${at('home')}`,
		...['PidFile none', 'StrictModes no', 'UsePAM no', 'PermitRootLogin yes', 'PasswordAuthentication no'],
		...['MaxStartups 500', 'MaxSessions 20', 'PrintMotd no', 'PrintLastLog no', 'LogLevel ERROR'],
	];
	writeFileSync(at('sshd_config'), `${settings.join('\n')}\n`);
	mkdirSync('/run/sshd', { recursive: true });
	server = spawn('/usr/sbin/sshd', ['-D', '-e', '-f', at('sshd_config')], { stdio: 'ignore' });
	await untilListening(port);
	const hostKey = readFileSync(at('host.pub'), 'utf8').split(' ').slice(0, 2).join(' ');
	writeFileSync(at('known_hosts'), addresses.map((address) => `[${address}]:${port} ${hostKey}\n`).join(''));
	writeFileSync(
		at('inventory/hosts.yml'),
		`all:
  vars:
    ansible_port: ${port}
    ansible_user: ${userInfo().username}
    ansible_ssh_private_key_file: ${at('login')}
    ansible_ssh_common_args: -o UserKnownHostsFile=${at('known_hosts')} -F none
  hosts:
${addresses.map((address, index) => `    host${index + 1}: {ansible_host: ${address}}\n`).join('')}`,
	);
	writeFileSync(at('files/large.txt'), 'x'.repeat(60_000));
	writeFileSync(
		at('templates/main.conf'),
		'name={{inventory_hostname}}\nmode=slow\n{{#groups.all}}peer={{.}}\n{{/groups.all}}',
	);
	writeFileSync(at('site.yml'), playbook);
});

test.after.always('sshd goes', () => {
	server?.kill();
	rmSync(folder, { recursive: true, force: true });
});

for (const name of ['from nothing', 'converged']) {
	test.serial(`a hundred hosts in one run, ${name}: within its memory, and without a warning`, async (t) => {
		t.timeout(5 * 60_000);
		const started = Date.now();
		const { code, stdout, stderr, megabytes, cpu } = await g2pbook(
			'run',
			at('site.yml'),
			'-i',
			at('inventory'),
			...['-f', String(count)],
			// This machine has one lock, and other tests may have it.
			...['--lock-wait', '120'],
		);
		t.log(
			`${megabytes.toFixed(0)} MB, ${((cpu * 1000) / count).toFixed(0)} ms CPU per host, ${((Date.now() - started) / 1000).toFixed(1)} s`,
		);
		t.is(code, 0, `${stdout.slice(stdout.indexOf('Failures')).slice(0, 3000)}${stderr}`);
		t.is(stderr, '');
		t.regex(stdout, name === 'converged' ? /^Nothing to change/m : /^Done: \d+ changes on 100 of 100 hosts/m);
		t.true(megabytes < mostMegabytes, `${megabytes.toFixed(0)} MB`);
		t.is(stdout.match(/^ +host\d+ +\d+ .*/gm)?.length, count, 'each host is in the recap');
	});
}

test.serial('a hundred hosts that each answer with 5 MB: whole, and within 400 MB', async (t) => {
	t.timeout(5 * 60_000);
	writeFileSync(
		at('large.yml'),
		`- hosts: all
  gather_facts: false
  tasks:
    - shell: yes "{{inventory_hostname}} abcdefghijklmnopqrstuvwxyz 0123456789" | head -c 5000000
      register: answer
      changed_when: false
    - assert: {that: "size(answer.stdout) == 5000000 && answer.stdout.contains(inventory_hostname)"}
`,
	);
	const { code, stdout, stderr, megabytes } = await g2pbook(
		'run',
		at('large.yml'),
		'-i',
		at('inventory'),
		...['-f', String(count), '--report', `json=${at('large.json')}`, '--lock-wait', '120'],
	);
	t.log(`${megabytes.toFixed(0)} MB`);
	t.is(code, 0, `${stdout.slice(0, 3000)}${stderr}`);
	t.true(megabytes < 400, `${megabytes.toFixed(0)} MB`);
});
