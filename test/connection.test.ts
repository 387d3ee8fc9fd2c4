import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import {
	appendFileSync,
	chmodSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	readFileSync,
	rmSync,
	writeFileSync,
} from 'node:fs';
import { connect as connectTo, createServer, type Server as NetServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import anyTest, { type TestFn } from 'ava';
import { connect, type Target } from '../src/connection/connect.ts';
import { fingerprint, judge, knownKeys, knownName, remember } from '../src/connection/known-hosts.ts';
import { dependsOnHost } from '../src/connection/ssh-config-files.ts';
import { splitWords, sshOptions } from '../src/connection/ssh-options.ts';
import type { Connection } from '../src/connection/types.ts';
import { Unreachable } from '../src/errors.ts';
import { patienceFor } from '../src/session/patience.ts';
import { createSession } from '../src/session/session.ts';
import type { Session } from '../src/session/types.ts';
import { Command, sh } from '../src/shell/command.ts';

// A real sshd on the loopback address, with keys of its own, logged in to as the user that runs the tests.

type Server = { readonly port: number; readonly pid: number; readonly stop: () => Promise<void> };

const test = anyTest as TestFn<{ server: Server }>;
const folder = mkdtempSync(join(tmpdir(), 'g2p-ssh-'));
const me = userInfo().username;
const at = (name: string): string => join(folder, name);

const newKey = (name: string, type = 'ed25519', passphrase = ''): string => {
	execFileSync('ssh-keygen', ['-q', '-t', type, '-N', passphrase, '-C', name, '-f', at(name)]);
	return at(name);
};

const publicKey = (name: string): Buffer =>
	Buffer.from(readFileSync(at(`${name}.pub`), 'utf8').split(' ')[1] ?? '', 'base64');

const freePort = (): Promise<number> =>
	new Promise((resolve) => {
		const server = createServer();
		server.listen(0, '127.0.0.1', () => {
			const address = server.address();
			server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
		});
	});

async function startServer(settings: Readonly<Record<string, string>> = {}): Promise<Server> {
	const port = await freePort();
	const lines = {
		Port: port,
		ListenAddress: '127.0.0.1',
		AuthorizedKeysFile: at('authorized_keys'),
		PidFile: 'none',
		StrictModes: 'no',
		UsePAM: 'no',
		PermitRootLogin: 'yes',
		PasswordAuthentication: 'no',
		KbdInteractiveAuthentication: 'no',
		MaxStartups: '100',
		LogLevel: 'ERROR',
		...settings,
	};
	const file = at(`sshd-${port}`);
	const hostKeys =
		settings.HostKey === undefined ? [`HostKey ${at('host')}`, `HostKey ${at('host-rsa')}`] : [];
	writeFileSync(
		file,
		[...hostKeys, ...Object.entries(lines).map(([name, value]) => `${name} ${value}`)].join('\n'),
	);
	mkdirSync('/run/sshd', { recursive: true });
	const child = spawn('/usr/sbin/sshd', ['-D', '-e', '-f', file], { stdio: 'ignore' });
	// Also when ava gives up on this process.
	process.once('exit', () => child.kill());
	process.setMaxListeners(50);
	await untilListening(port);
	return {
		port,
		pid: child.pid ?? 0,
		async stop() {
			if (child.kill()) {
				await once(child, 'exit');
			}
		},
	};
}

async function untilListening(port: number): Promise<void> {
	for (let i = 0; i < 200; i++) {
		const client = (await import('node:net')).connect(port, '127.0.0.1');
		const up = await new Promise<boolean>((resolve) => {
			client.once('connect', () => resolve(true));
			client.once('error', () => resolve(false));
		});
		client.destroy();
		if (up) {
			return;
		}

		await sleep(25);
	}

	throw new Error('sshd did not start');
}

test.before(async (t) => {
	for (const [name, type] of [
		['host', 'ed25519'],
		['host-rsa', 'rsa'],
		['other-host', 'ed25519'],
		['user', 'ed25519'],
		['stranger', 'ed25519'],
	] as const) {
		newKey(name, type);
	}

	newKey('locked', 'ed25519', 'passphrase');
	writeFileSync(at('authorized_keys'), readFileSync(at('user.pub')));
	appendFileSync(at('authorized_keys'), readFileSync(at('locked.pub')));
	t.context.server = await startServer();
});

test.after.always(async (t) => {
	await t.context.server.stop();
	rmSync(folder, { recursive: true, force: true });
});

/** A known_hosts file of its own for each test. */
function known(lines: readonly string[]): string {
	const file = at(`known-${randomBytes(4).toString('hex')}`);
	writeFileSync(file, lines.map((line) => `${line}\n`).join(''));
	return file;
}

const hostLine = (port: number, name = 'host'): string =>
	`[127.0.0.1]:${port} ${readFileSync(at(`${name}.pub`), 'utf8')
		.split(' ')
		.slice(0, 2)
		.join(' ')}`;

const target = (port: number, more: Partial<Target> & { knownHosts?: string } = {}): Target => {
	const { knownHosts = known([hostLine(port)]), ...rest } = more;
	return {
		name: 'web1',
		connection: 'ssh',
		host: '127.0.0.1',
		port,
		user: me,
		privateKeyFile: at('user'),
		commonArgs: `-F none -o UserKnownHostsFile=${knownHosts} -o GlobalKnownHostsFile=/dev/null -o IdentityAgent=none`,
		...rest,
	};
};

async function listening(server: NetServer): Promise<number> {
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const address = server.address();
	return typeof address === 'object' && address !== null ? address.port : 0;
}

const session = (to: Target): Session => createSession({ name: to.name, connect: () => connect(to) });

async function says(to: Target): Promise<string> {
	const one = session(to);
	try {
		return (await one.reader().read(sh`echo hello`)).stdout;
	} catch (error) {
		return error instanceof Unreachable ? `${error.message}\n${error.hint}` : String(error);
	} finally {
		await one.close();
	}
}

for (const connection of ['ssh', 'openssh'] as const) {
	test(`${connection}: reads, steps, uploads and a clean end`, async (t) => {
		const one = session(target(t.context.server.port, { connection }));
		const path = at(`upload-${connection}`);
		const content = randomBytes(3_000_000);
		const outputs = await one.perform([
			sh`id -un`,
			{ kind: 'upload', path, content: 'small' },
			{ kind: 'upload', path, content, mode: '0600' },
		]);
		t.deepEqual(
			outputs.map(({ code }) => code),
			[0, 0, 0],
		);
		t.is(outputs[0]?.stdout, `${me}\n`);
		t.true(readFileSync(path).equals(content));
		t.true((await one.reader().content(path))?.equals(content));
		t.is(
			(await one.reader().read(new Command('echo out; echo err >&2; exit 3'), { ok: [3] })).stderr,
			'err\n',
		);
		await one.close();
		t.is((await one.reader().read(sh`echo again`)).stdout, 'again\n');
		await one.close();
	});

	test(`${connection}: the loss of the connection is an answer, and the step is ended`, async (t) => {
		const server = await startServer();
		const one = session(target(server.port, { connection }));
		const mark = `34.${randomBytes(4).readUInt32BE()}`;
		const parent = Number((await one.reader().read(new Command('echo $PPID'))).stdout);
		const performing = one.perform([sh`sleep ${mark}`]);
		await until(() => processes(mark) > 0);
		const reading = one.reader().read(sh`echo never`);
		process.kill(sessionOf(parent), 'SIGKILL');
		const error = await t.throwsAsync(performing, { instanceOf: Unreachable });
		t.regex(
			error?.message ?? '',
			/the connection to web1 was lost .* while "sleep .*" ran; it may or may not have finished: running again is safe/,
		);
		await reading.catch(() => {});
		await until(() => processes(mark) === 0);
		t.is((await one.reader().read(sh`echo back`)).stdout, 'back\n');
		await one.close();
		await server.stop();
	});

	const failures: readonly (readonly [string, (port: number) => Promise<Target> | Target, RegExp])[] = [
		['nobody listens', () => target(1), /nothing listens at 127\.0\.0\.1:\d+[\s\S]*is sshd running/],
		[
			'no such name',
			(port) => target(port, { host: 'no-such-host.invalid' }),
			/cannot be resolved[\s\S]*ansible_host/,
		],
		[
			'unknown key',
			(port) => target(port, { knownHosts: known([]) }),
			/is not known[\s\S]*ssh-keyscan[\s\S]*--accept-new/,
		],
		[
			'changed key',
			(port) => target(port, { knownHosts: known(['# old', hostLine(port, 'other-host')]) }),
			/has changed[\s\S]*SHA256:/,
		],
		[
			'not let in',
			(port) => target(port, { privateKeyFile: at('stranger') }),
			connection === 'ssh'
				? /does not let us in[\s\S]*public key[\s\S]*ansible_password: !secret NAME/
				: /does not let us in[\s\S]*public key/,
		],
	];
	for (const [title, make, expected] of failures) {
		test(`${connection}: ${title}`, async (t) => {
			const to = await make(t.context.server.port);
			t.regex(await says({ ...to, connection }), expected);
		});
	}
}

test('a key that only an authority vouches for: the hint names who reads that', async (t) => {
	newKey('authority');
	execFileSync('cp', [at('host'), at('vouched')]);
	execFileSync('cp', [at('host.pub'), at('vouched.pub')]);
	execFileSync('ssh-keygen', [
		'-q',
		'-s',
		at('authority'),
		'-h',
		'-I',
		'host',
		'-n',
		'127.0.0.1',
		at('vouched.pub'),
	]);
	const server = await startServer({ HostKey: at('vouched'), HostCertificate: at('vouched-cert.pub') });
	const authority = readFileSync(at('authority.pub'), 'utf8').split(' ').slice(0, 2).join(' ');
	const file = known(['# hosts of the company', `@cert-authority [127.0.0.1]:${server.port} ${authority}`]);
	const to = target(server.port, { knownHosts: file });
	const said = await says(to);
	t.true(said.includes(`@cert-authority at ${file}:2`));
	t.regex(said, /\n.*ansible_connection: openssh/);
	t.is(await says({ ...to, connection: 'openssh' }), 'hello\n');
	await server.stop();
});

async function until(condition: () => boolean): Promise<void> {
	for (let i = 0; i < 600; i++) {
		if (condition()) {
			return;
		}

		await sleep(50);
	}

	throw new Error('it took too long');
}

const processes = (pattern: string): number =>
	execFileSync('ps', ['-eo', 'args', '-ww'], { encoding: 'utf8' })
		.split('\n')
		.filter((line) => line === `sleep ${pattern}`).length;

/** The process of sshd that serves a session, above the login shell. */
function sessionOf(pid: number): number {
	const [ppid = '', name = ''] = execFileSync('ps', ['-o', 'ppid=,comm=', '-p', String(pid)], {
		encoding: 'utf8',
	})
		.trim()
		.split(/\s+/);
	return name.startsWith('sshd') ? pid : sessionOf(Number(ppid));
}

const ownKey = (): string => fingerprint(publicKey('host'));

test('a changed key: both fingerprints, and the line that knows the old one', async (t) => {
	const { port } = t.context.server;
	const file = known(['# old', hostLine(port, 'other-host')]);
	const said = await says(target(port, { knownHosts: file }));
	t.true((await says(target(port, { knownHosts: known([]) }))).includes(ownKey()));
	for (const part of [
		ownKey(),
		fingerprint(publicKey('other-host')),
		`${file}:2`,
		`ssh-keygen -f ${file} -R '[127.0.0.1]:${port}'`,
	]) {
		t.true(said.includes(part), `${part}\n${said}`);
	}
});

test('accept-new notes an unknown key once, and still refuses a changed one', async (t) => {
	const { port } = t.context.server;
	const file = at('new/known_hosts');
	const to = target(port, { knownHosts: file, hostKeyChecking: 'accept-new' });
	t.is(await says(to), 'hello\n');
	t.is(await says(to), 'hello\n');
	t.is(readFileSync(file, 'utf8').trim().split('\n').length, 1);
	t.is(await says(target(port, { knownHosts: file })), 'hello\n');
	const changed = known([hostLine(port, 'other-host')]);
	t.regex(
		await says({ ...to, ...target(port, { knownHosts: changed }), hostKeyChecking: 'accept-new' }),
		/has changed/,
	);
	const hashing = at('new/hashed');
	const hashed = target(port, { knownHosts: hashing, hostKeyChecking: 'accept-new' });
	t.is(await says({ ...hashed, commonArgs: `${hashed.commonArgs} -o HashKnownHosts=yes` }), 'hello\n');
	t.regex(readFileSync(hashing, 'utf8'), /^\|1\|/);
	t.is(
		execFileSync('ssh-keygen', ['-F', `[127.0.0.1]:${port}`, '-f', hashing], { encoding: 'utf8' }).includes(
			'found',
		),
		true,
	);
});

test('a host whose RSA key is known is asked for that one', async (t) => {
	const { port } = t.context.server;
	t.is(await says(target(port, { knownHosts: known([hostLine(port, 'host-rsa')]) })), 'hello\n');
});

test('what known_hosts may say', async (t) => {
	const key = readFileSync(at('host.pub'), 'utf8').split(' ').slice(0, 2).join(' ');
	const other = readFileSync(at('other-host.pub'), 'utf8').split(' ').slice(0, 2).join(' ');
	const hashed = known([`web1,10.0.0.5 ${key}`]);
	execFileSync('ssh-keygen', ['-q', '-H', '-f', hashed], { stdio: 'ignore' });
	const rows: readonly (readonly [string, readonly string[], string, string])[] = [
		['plain', [`web1 ${key}`], 'web1', 'known'],
		['one of several names', [`a,web1,b ${key}`], 'web1', 'known'],
		['capitals', [`WEB1 ${key}`], 'web1', 'known'],
		['wildcards', [`*.example.org ${key}`], 'web1.example.org', 'known'],
		['question marks', [`web? ${key}`], 'web1', 'known'],
		['a dot is a dot', [`web.1 ${key}`], 'webx1', 'unknown'],
		['negation', [`*.example.org,!web1.example.org ${key}`], 'web1.example.org', 'unknown'],
		['other port', [`web1 ${key}`], '[web1]:2222', 'unknown'],
		['port', [`[web1]:2222 ${key}`], '[web1]:2222', 'known'],
		['changed', [`web1 ${other}`], 'web1', 'changed'],
		['two keys', [`web1 ${other}`, `web1 ${key}`], 'web1', 'known'],
		['revoked', [`web1 ${key}`, `@revoked * ${key}`], 'web1', 'revoked'],
		['another is revoked', [`web1 ${key}`, `@revoked * ${other}`], 'web1', 'known'],
		['an authority vouches', [`@cert-authority *.example.org ${key}`], 'a.example.org', 'unknown'],
		['comments and rubbish', ['# web1', '', 'web1', `web1 ${key} comment here`], 'web1', 'known'],
		['nothing', [], 'web1', 'unknown'],
	];
	for (const [title, lines, name, expected] of rows) {
		t.is(judge(await knownKeys(name, [known(lines)]), publicKey('host')).kind, expected as never, title);
	}

	t.is(judge(await knownKeys('10.0.0.5', ['/no/such', hashed]), publicKey('host')).kind, 'known');
	t.is(judge(await knownKeys('10.0.0.6', [hashed]), publicKey('host')).kind, 'unknown');
	t.is(knownName('Web1', 22), 'web1');
	t.is(knownName('web1', 2222), '[web1]:2222');
	const file = known(['no line break']);
	writeFileSync(file, 'no line break');
	await remember('web1', publicKey('host'), file, false);
	t.is(judge(await knownKeys('web1', [file]), publicKey('host')).kind, 'known');
	const printed = execFileSync('ssh-keygen', ['-lf', at('host.pub')], { encoding: 'utf8' });
	t.true(printed.includes(` ${fingerprint(publicKey('host'))} `));
});

test('options are what ssh(1) makes of its configuration, overlaid by the inventory', async (t) => {
	const config = at('config');
	writeFileSync(
		config,
		`Host alias\n HostName 10.9.8.7\n Port 2200\n User anna\n IdentityFile ${at('user')}\n IdentitiesOnly yes\n ProxyJump b1,root@b2:23\n HostKeyAlias named\nHost other\n ProxyCommand nc %h %p as %r of %n\nHost *\n UserKnownHostsFile ~/a /b\n`,
	);
	const of = (more: Partial<Target>) =>
		sshOptions({ name: 'x', connection: 'ssh', host: 'alias', commonArgs: `-F ${config}`, ...more });
	t.like(await of({}), {
		hostname: '10.9.8.7',
		port: 2200,
		user: 'anna',
		identityFiles: [at('user')],
		identitiesOnly: true,
		jumps: ['b1', 'root@b2:23'],
		hostKeyAlias: 'named',
		hostKeyChecking: 'strict',
		connectTimeout: 10,
	});
	t.like(
		await of({
			port: 1,
			user: 'bob',
			privateKeyFile: '~/k',
			hostKeyChecking: 'accept-new',
			connectTimeout: 3,
		}),
		{
			port: 1,
			user: 'bob',
			hostKeyChecking: 'accept-new',
			connectTimeout: 3,
		},
	);
	const other = await of({ host: 'other', user: 'u', port: 5 });
	t.is(other.proxyCommand, 'nc other 5 as u of other');
	t.is(other.knownHostsFiles.length, 2);
	await t.throwsAsync(of({ commonArgs: '-o NoSuchOption=1' }), {
		instanceOf: Unreachable,
		message: /NoSuchOption|nosuchoption/,
	});
	t.deepEqual(splitWords(`-o "A=b c" -J 'x y' -p 22 -oX="1 2"`), [
		'-o',
		'A=b c',
		'-J',
		'x y',
		'-p',
		'22',
		'-oX=1 2',
	]);
});

test('keys that cannot be used are named', async (t) => {
	const { port } = t.context.server;
	t.regex(
		await says(target(port, { privateKeyFile: at('no-such-key') })),
		/the private key .*no-such-key cannot be read/,
	);
	t.regex(
		await says(target(port, { privateKeyFile: at('locked') })),
		/locked is encrypted: ssh-add .*locked/,
	);
	chmodSync(at('locked'), 0o600);
});

test('an agent is asked, with the wanted key first', async (t) => {
	const { port } = t.context.server;
	const socket = at('agent');
	const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' });
	try {
		await until(() => existsSync(socket));
		const env = { ...process.env, SSH_AUTH_SOCK: socket };
		for (let i = 0; i < 7; i++) {
			execFileSync('ssh-add', ['-q', newKey(`many-${i}`)], { env, stdio: 'ignore' });
		}

		execFileSync('ssh-add', ['-q', at('user')], { env, stdio: 'ignore' });
		const to = target(port, {});
		const commonArgs = to.commonArgs?.replace('IdentityAgent=none', `IdentityAgent=${socket}`);
		const offered = at('only-public');
		writeFileSync(`${offered}.pub`, readFileSync(at('user.pub')));
		writeFileSync(offered, readFileSync(at('locked')));
		t.is(
			await says({ ...to, ...(commonArgs === undefined ? {} : { commonArgs }), privateKeyFile: offered }),
			'hello\n',
		);
		t.is(
			await says({ ...to, commonArgs: `${commonArgs} -i ${offered}`, privateKeyFile: undefined }),
			'hello\n',
		);
	} finally {
		agent.kill();
	}
});

test('through other hosts, and through a program', async (t) => {
	const { port } = t.context.server;
	const file = known([hostLine(port)]);
	const config = at('jump-config');
	writeFileSync(
		config,
		[
			`Host bastion* last`,
			` HostName 127.0.0.1`,
			` Port ${port}`,
			` User ${me}`,
			` IdentityFile ${at('user')}`,
			` UserKnownHostsFile ${file}`,
			' GlobalKnownHostsFile /dev/null',
			' IdentityAgent none',
		].join('\n'),
	);
	const to = (args: string): Target => ({
		name: 'inner',
		connection: 'ssh',
		host: 'last',
		commonArgs: `-F ${config} ${args}`,
	});
	const before = processesOf('sshd: ');
	const three = [0, 1, 2].map(() => session(to('-J bastion1,bastion2')));
	for (const each of await Promise.all(three.map((one) => one.reader().read(sh`echo hello`)))) {
		t.is(each.stdout, 'hello\n');
	}

	t.true(processesOf('sshd: ') - before >= 0);
	await Promise.all(three.map((one) => one.close()));
	t.is(await says(to(`-o ProxyCommand='ssh -F ${config} -W %h:%p bastion1'`)), 'hello\n');
	t.regex(await says({ ...to('-J bastion1'), host: '127.0.0.1', port: 1 }), /cannot reach 127\.0\.0\.1:\d+/);
	t.regex(await says(to('-J nobody@bastion1')), /on the way to inner.*does not let us in/);
});

for (const connection of ['ssh', 'openssh'] as const) {
	for (const [host, circle] of [
		['a', 'a → b → a → b'],
		['three', 'three → four → five → three → four'],
		['before', 'before → a → b → a'],
	] as const) {
		test(`${connection}: jump hosts that go round in a circle: ${circle}`, async (t) => {
			const config = at(`circle-${connection}-${host}`);
			const jumps = { a: 'b', b: 'a', three: 'four', four: 'five', five: 'three', before: 'a' };
			writeFileSync(
				config,
				Object.entries(jumps)
					.map(([name, jump]) => `Host ${name}\n HostName 127.0.0.1\n ProxyJump ${jump}\n`)
					.join(''),
			);
			for (const commonArgs of [`-F ${config}`, `-F${config}`]) {
				const said = await says({ name: host, connection, host, commonArgs });
				t.true(said.includes(`its jump hosts go round in a circle: ${circle}\n`), said);
			}
		});
	}
}

const processesOf = (start: string): number =>
	execFileSync('ps', ['-eo', 'args', '-ww'], { encoding: 'utf8' })
		.split('\n')
		.filter((line) => line.startsWith(start)).length;

test('what is there but is no SSH server, says why it is none for us, or says nothing', async (t) => {
	let calls = 0;
	const saying = (words: string) =>
		createServer((socket) => {
			calls++;
			socket.resume().end(words);
		});
	for (const [server, connectTimeout, expected, asked] of [
		[
			saying('HTTP/1.1 400 Bad Request\r\n\r\n'),
			10,
			/closed the connection and said "HTTP\/1.1 400 Bad Request"\n.*no SSH server/,
			1,
		],
		[
			saying('Not allowed at this time\r\n'),
			1,
			/said "Not allowed at this time"\n.*PerSourcePenalties.* wait a minute/,
			4,
		],
		[saying('Exceeded MaxStartups\r\n'), 1, /said "Exceeded MaxStartups"\n.*MaxStartups in sshd_config/, 4],
		[createServer((socket) => socket.resume()), 1, /did not answer in time/, 0],
	] as const) {
		calls = 0;
		const port = await listening(server);
		t.regex(await says(target(port, { connectTimeout })), expected);
		t.is(calls, asked);
		server.close();
	}
});

test('a host that hangs up because many log in is asked again for as long as it may take to answer', async (t) => {
	let left = 5;
	const server = createServer((socket) => {
		if (left-- > 0) {
			socket.end('Exceeded MaxStartups\r\n');
		} else {
			socket.pipe(connectTo(t.context.server.port, '127.0.0.1')).pipe(socket);
		}
	});
	const port = await listening(server);
	t.teardown(() => server.close());
	const knownHosts = known([hostLine(t.context.server.port).replace(/:\d+/, `:${port}`)]);
	t.is(await says(target(port, { knownHosts, connectTimeout: 60 })), 'hello\n');
});

test('sixty connections at once', async (t) => {
	const { port } = t.context.server;
	const to = target(port);
	// This is about what they say, and another test about how long is waited for them.
	const patience = () => patienceFor(60);
	const all = Array.from({ length: 60 }, () =>
		createSession({ name: to.name, connect: () => connect(to), patience }),
	);
	t.teardown(() => Promise.all(all.map((one) => one.close())));
	const outputs = await Promise.all(all.map((one, index) => one.reader().read(sh`echo ${index}`)));
	t.deepEqual(
		outputs.map(({ stdout }) => Number(stdout)),
		all.map((_, index) => index),
	);
});

test('a session waits until a host that was away answers again', async (t) => {
	const server = await startServer();
	const to = target(server.port);
	const one = session(to);
	await one.reader().read(sh`true`);
	const reconnecting = one.reconnect({ timeout: 20, delay: 0 });
	await reconnecting;
	t.is((await one.reader().read(sh`echo back`)).stdout, 'back\n');
	await server.stop();
	await one.close();
	await t.throwsAsync(one.reconnect({ timeout: 1, delay: 0 }), { instanceOf: Unreachable });
});

test('local: the address, and programs that end with it', async (t) => {
	const local: Connection = await connect({ name: 'here', connection: 'local', host: 'localhost' });
	t.is(local.address, `${me}@here by local`);
	const channel = await local.open('echo out; echo err >&2; cat >/dev/null; exit 4');
	channel.stdin.end('x');
	channel.stdout.resume();
	channel.stderr.resume();
	t.is((await channel.closed).code, 4);
	const mark = `35.${randomBytes(4).readUInt32BE()}`;
	const long = await local.open(`exec sleep ${mark}`);
	long.stdout.resume();
	long.stderr.resume();
	await until(() => processes(mark) === 1);
	await local.close();
	await long.closed;
	await until(() => processes(mark) === 0);
	t.is(await local.closed, 'it was closed');
});

test('one question serves all hosts, unless the configuration tells them apart', async (t) => {
	const rows: readonly (readonly [string, string, boolean])[] = [
		['nothing', '', false],
		['all hosts', 'User anna\nHost *\n  Port 22\n', false],
		['one host', 'Host web1\n User anna\n', true],
		['all but one', 'Host * !web1\n User anna\n', true],
		['match', 'Match user root\n', true],
		['a comment', '# Host web1\n', false],
		['an equals sign', 'Host=web*\n', true],
		['a placeholder', 'IdentityFile ~/.ssh/%h\n', true],
		['included', `Include ${at('included')}-*.conf\n`, true],
		['included, nothing there', `Include ${at('nothing')}-*.conf\n`, false],
	];
	writeFileSync(at('included-1.conf'), 'Host web1\n Port 5\n');
	for (const [title, text, expected] of rows) {
		writeFileSync(at('config-files'), text);
		t.is(await dependsOnHost(at('config-files')), expected, title);
	}

	t.false(await dependsOnHost('none'));
	t.false(await dependsOnHost(at('no-such-file')));
	const of = (host: string) =>
		sshOptions({ name: host, connection: 'ssh', host, user: 'u', commonArgs: '-F none -p 77' });
	t.like(await of('10.0.0.1'), { hostname: '10.0.0.1', port: 77, user: 'u' });
	t.like(await of('10.0.0.2'), { hostname: '10.0.0.2', port: 77, user: 'u' });
	t.like(await of('v@10.0.0.3'), { hostname: '10.0.0.3' });
});
