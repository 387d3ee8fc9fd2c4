import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TestFn } from 'ava';
import { connect, type Target } from '../src/connection/connect.ts';
import { TaskFailed, Unreachable } from '../src/errors.ts';
import { ReadFailed } from '../src/module/impossible.ts';
import { BecomeFailed, createSession, type SessionOptions } from '../src/session/session.ts';
import type { Session } from '../src/session/types.ts';
import { Command, sh } from '../src/shell/command.ts';
import { Secret } from '../src/shell/secret.ts';
import { startHost, type TestHost } from './fixtures/containers/host.ts';
import { testImage } from './fixtures/containers/images.ts';
import { type HostKind, useProgramsOf } from './fixtures/containers/programs.ts';

/** Becoming other users, and what they then read and do, on a host with real accounts, sudo and systemd. */
export function sessionsOn(test: TestFn, { image = testImage, programs = 'gnu' }: HostKind): void {
	let host: TestHost;
	const password = `p'w ${randomBytes(6).toString('hex')}`;

	test.before('users that may do this and that', async () => {
		host = await startHost(undefined, { image });
		await useProgramsOf(host, programs);
		await host.output(`set -e
for u in asks never app; do useradd -m -s /bin/bash $u; done
useradd -r -s /usr/sbin/nologin service
printf 'asks:%s\\nnever:%s\\nroot:%s\\n' ${`'${password.replaceAll("'", "'\\''")}' `.repeat(3)} | chpasswd
echo 'asks ALL=(ALL) ALL' > /etc/sudoers.d/asks
for u in asks never; do install -d -o $u -m 700 /home/$u/.ssh; install -o $u -m 600 /root/.ssh/authorized_keys /home/$u/.ssh/; done
# Since OpenSSH 9.8 who has given wrong passwords is shut out for a while, and here that is all of us.
if sshd -T | grep -qi '^PerSourcePenalties'; then echo PerSourcePenalties no >/etc/ssh/sshd_config.d/01-test.conf; systemctl reload ssh; fi`);
	});

	test.after.always(async () => host?.remove());

	const bySsh = (user: string): Target => ({
		name: 'box',
		connection: 'ssh',
		host: host.address,
		port: host.port,
		user,
		privateKeyFile: host.keyFile,
		commonArgs: `-F none -o UserKnownHostsFile=${host.knownHosts} -o IdentityAgent=none`,
	});

	const byDocker = (user?: string): Target => ({
		name: 'box',
		connection: 'docker',
		host: host.container.id,
		user,
	});

	async function using<T>(
		target: Target,
		work: (session: Session) => Promise<T>,
		options: Partial<SessionOptions> = {},
	): Promise<T> {
		const session = createSession({ name: 'box', connect: () => connect(target), ...options });
		try {
			return await work(session);
		} finally {
			await session.close();
		}
	}

	const given = (text = password) => ({ becomePassword: async () => new Secret(text) });

	const becoming: readonly {
		title: string;
		target: () => Target;
		user: string;
		options?: Partial<SessionOptions>;
		says?: string;
		fails?: RegExp;
	}[] = [
		{ title: 'sudo that asks for nothing', target: () => bySsh('admin'), user: 'root', says: 'root /root' },
		{
			title: 'sudo that asks for nothing, with a password at hand',
			target: () => bySsh('admin'),
			user: 'root',
			options: given(),
			says: 'root /root',
		},
		{
			title: 'sudo with a password',
			target: () => bySsh('asks'),
			user: 'root',
			options: given(),
			says: 'root /root',
		},
		{
			title: 'sudo to a user that is not root',
			target: () => bySsh('admin'),
			user: 'app',
			says: 'app /home/app',
		},
		{
			title: 'sudo to a user without a shell',
			target: () => bySsh('admin'),
			user: 'service',
			says: 'service /home/service',
		},
		{ title: 'root becomes root', target: () => bySsh('root'), user: 'root', says: 'root /root' },
		{ title: 'root becomes somebody', target: () => bySsh('root'), user: 'app', says: 'app /home/app' },
		{
			title: 'su with a password',
			target: () => bySsh('never'),
			user: 'root',
			options: { ...given(), becomeMethod: 'su' },
			says: 'root /root',
		},
		{
			title: 'su by root',
			target: () => bySsh('root'),
			user: 'app',
			options: { becomeMethod: 'su' },
			says: 'app /home/app',
		},
		{ title: 'docker becomes somebody', target: () => byDocker(), user: 'app', says: 'app /home/app' },
		{
			title: 'docker as a user, with sudo',
			target: () => byDocker('admin'),
			user: 'root',
			says: 'root /root',
		},
		{
			title: 'no password for a sudo that asks',
			target: () => bySsh('asks'),
			user: 'root',
			fails: /cannot become root on box by sudo: it asks for a password and none was given/,
		},
		{
			title: 'wrong password',
			target: () => bySsh('asks'),
			user: 'root',
			options: given('wrong'),
			fails: /by sudo: the password was not accepted/,
		},
		{
			title: 'wrong password for su',
			target: () => bySsh('never'),
			user: 'root',
			options: { ...given('wrong'), becomeMethod: 'su' },
			fails: /by su: the password was not accepted/,
		},
		{
			title: 'not allowed',
			target: () => bySsh('never'),
			user: 'root',
			options: given(),
			fails: programs === 'rust' ? /sudo-rs: I'm sorry never/ : /not in the sudoers file/,
		},
		{
			title: 'no such user',
			target: () => bySsh('admin'),
			user: 'nobody-here',
			fails: programs === 'rust' ? /user 'nobody-here' not found/ : /unknown user/,
		},
		{
			title: 'no such program',
			target: () => bySsh('admin'),
			user: 'root',
			options: { becomeMethod: 'doas' },
			fails: /by doas: .*not found/,
		},
	];

	for (const { title, target, user, options, says, fails } of becoming) {
		test(`become: ${title}`, async (t) => {
			await using(
				target(),
				async (session) => {
					const reading = session.reader({ user }).read(new Command('echo "$(id -un) $HOME"'));
					if (fails === undefined) {
						t.is((await reading).stdout, `${says}\n`);
						const [output] = await session.perform([new Command('id -un; pwd; umask')], { user });
						// What a login gives (Debian 13 and Ubuntu: to a group of one's own, too), not what uploads need.
						t.regex(output?.stdout ?? '', new RegExp(`^${user}\n/.*\n00[02]2\n$`));
					} else {
						const error = await t.throwsAsync(reading, { instanceOf: BecomeFailed, message: fails });
						t.false(String(error).includes(password));
					}
				},
				options,
			);
		});
	}

	test('what is missing is told from what may not be seen, by one process for each kind', async (t) => {
		await host.output(`mkdir -p /srv/seen/locked && cd /srv/seen && chmod 700 locked
echo in >locked/in; echo file >file; : >empty; ln -s nowhere dangling; ln -s locked/in leads-there; ln -s file link`);
		const at = (name: string) => `/srv/seen/${name}`;
		await using(bySsh('admin'), async (session) => {
			const reader = session.reader();
			const missing = ['nothing', 'no/where', 'file/below', 'file/', 'dangling/below'].map(at);
			const answers = await Promise.all([
				...missing.flatMap((path) => [
					reader.stat(path),
					reader.stat(path, { follow: true }),
					reader.sha256(path),
					reader.content(path),
				]),
				...[reader.stat(at('dangling'), { follow: true }), reader.sha256(at('dangling'))],
				reader.content(at('dangling')),
				reader.sysctl('no.such'),
			]);
			t.deepEqual(new Set(answers), new Set([undefined]));
			t.is(session.traffic.processes, 5);

			session.forget();
			const before = session.traffic;
			const [status, link, followed, hash, content, empty] = await Promise.all([
				reader.stat(at('file')),
				reader.stat(at('link')),
				reader.stat(at('link'), { follow: true }),
				reader.sha256(at('link')),
				reader.content(at('file')),
				reader.content(at('empty')),
				t.throwsAsync(reader.sha256(at('.')), { instanceOf: ReadFailed, message: /directory/ }),
				t.throwsAsync(reader.content(at('.')), { instanceOf: ReadFailed, message: /directory/ }),
				...missing.flatMap((path) => [reader.stat(path), reader.sha256(path), reader.content(path)]),
			]);
			t.like(status, { type: 'file', size: 5 });
			t.like(link, { type: 'link', target: 'file' });
			t.like(followed, { type: 'file', size: 5 });
			t.is(hash, createHash('sha256').update('file\n').digest('hex'));
			t.deepEqual([content?.toString(), empty?.toString()], ['file\n', '']);
			t.is(session.traffic.processes - before.processes, 4);

			for (const ask of [
				() => reader.stat(at('locked/in')),
				() => reader.stat(at('locked/nothing')),
				() => reader.stat(at('leads-there'), { follow: true }),
				() => reader.sha256(at('locked/in')),
				() => reader.sha256(at('leads-there')),
				() => reader.content(at('locked/nothing')),
			]) {
				await t.throwsAsync(ask(), { instanceOf: ReadFailed, message: /ermission denied/ }, String(ask));
			}

			const root = session.reader({ user: 'root' });
			t.is(await root.stat(at('locked/nothing')), undefined);
			t.is((await root.content(at('leads-there')))?.toString(), 'in\n');
		});
	});

	test('a read as one user waits for the step of another', async (t) => {
		await using(bySsh('admin'), async (session) => {
			const path = `/tmp/order-${randomBytes(4).toString('hex')}`;
			const performing = session.perform([new Command(`sleep 0.5; echo x > ${path}; chmod 644 ${path}`)], {
				user: 'root',
			});
			const reading = session.reader().content(path);
			await performing;
			t.is((await reading)?.toString(), 'x\n');
		});
	});

	test('large uploads and inputs as another user', async (t) => {
		const content = randomBytes(2_000_000);
		for (const target of [bySsh('asks'), byDocker()]) {
			await using(
				target,
				async (session) => {
					const path = `/home/app/large-${target.connection}`;
					const outputs = await session.perform(
						[{ kind: 'upload', path, content, mode: '0600' }, sh`sha256sum`.withInput(content)],
						{ user: 'app' },
					);
					t.deepEqual(
						outputs.map(({ code }) => code === 0),
						[true, true],
					);
					await t.throwsAsync(
						session.perform([{ kind: 'upload', path: '/etc/passwd', content }], { user: 'app' }),
						{ instanceOf: TaskFailed, message: /^\/etc\/passwd cannot be written: .*ermission denied/ },
					);
					t.like(await session.reader({ user: 'app' }).stat(path), {
						owner: 'app',
						mode: '0600',
						size: content.length,
					});
					t.is(`${await session.reader({ user: 'app' }).sha256(path)}  -\n`, outputs[1]?.stdout ?? '');
				},
				given(),
			);
		}
	});

	test('the password, and secrets of steps, show in no process and no file', async (t) => {
		await using(
			bySsh('asks'),
			async (session) => {
				const value = `tok-${randomBytes(8).toString('hex')}`;
				const performing = session.perform(
					[
						{ kind: 'script', text: new Secret(`: ${value}; sleep 1`) },
						sh`sleep 1`.withInput(new Secret(value)),
					],
					{ user: 'root', environment: { TOKEN: new Secret(value) } },
				);
				await sleep(700);
				const found = await host.run(
					`for w in '${value}' ${`'${password.replaceAll("'", "'\\''")}'`}; do ps -eo args -ww | grep -v grep | grep -F -- "$w"; done`,
				);
				t.is(found.stdout, '');
				await performing;
				// Only files: BusyBox's grep would wait for somebody to write into a pipe.
				const files = 'find /run /tmp /dev/shm /var/log /root /home -type f';
				t.is((await host.run(`${files} -exec grep -lsF '${value}' {} +`)).stdout, '');
			},
			given(),
		);
		t.is(
			(
				await host.run(
					'ls -d /run/.g2p-* /run/user/*/.g2p-* /dev/shm/.g2p-* /tmp/.g2p-* 2>/dev/null | grep -c "$(id -u asks)"',
				)
			).stdout.trim(),
			'0',
		);
	});

	test('units, packages and users of a Debian host', async (t) => {
		await using(bySsh('admin'), async (session) => {
			const reader = session.reader();
			const [ssh, template, nothing, masked] = await Promise.all([
				reader.unit('ssh'),
				reader.unit('getty@.service'),
				reader.unit('no-such-unit.service'),
				reader.unit('ssh.service'),
				reader.unit('no-such-template@.service').then((unit) => t.is(unit, undefined)),
				t.throwsAsync(reader.unit('ssh*'), { instanceOf: ReadFailed, message: /not the name of a unit/ }),
				reader.package('systemd').then((found) => t.is(found?.held, false)),
				reader.user('admin').then((user) => t.is(user?.home, '/home/admin')),
			]);
			t.like(ssh, { active: 'active', enabled: 'enabled', load: 'loaded', needsReload: false });
			t.deepEqual(ssh, masked);
			t.is(template?.load, 'loaded');
			t.is(nothing, undefined);
			t.is(session.traffic.roundTrips, 1);
			const before = session.traffic.processes;
			await Promise.all(Array.from({ length: 400 }, (_, index) => reader.unit(`none-${index}.service`)));
			t.is(session.traffic.processes - before, 1);
		});
	});

	test('root by sudo: the step ends when its time is over, and when g2pbook is killed', async (t) => {
		const mark = `36.${randomBytes(4).readUInt32BE()}`;
		const running = async () => (await host.run(`ps -eo args -ww | grep -c '^sleep ${mark}'`)).stdout.trim();
		await using(bySsh('admin'), async (session) => {
			await t.throwsAsync(
				session.perform([new Command(`sleep ${mark} & sleep ${mark}`)], { user: 'root' }, { timeout: 1 }),
				{
					instanceOf: TaskFailed,
				},
			);
			t.is(await running(), '0');
		});
		// Other tests have folders of their own at the same time.
		const folders = async () => (await host.run('ls -d /run/.g2p-* 2>/dev/null')).stdout.split('\n');
		const others = await folders();
		const controller = spawn(
			process.execPath,
			[
				'--import=tsx',
				new URL('fixtures/session/controller.ts', import.meta.url).pathname,
				`sleep ${mark} & sleep ${mark}`,
				'false',
				JSON.stringify(bySsh('admin')),
				'root',
			],
			{ stdio: ['ignore', 'ignore', 'inherit'] },
		);
		t.teardown(() => controller.kill('SIGKILL'));
		await until(async () => (await running()) === '2', 'the beginning');
		const own = (await folders()).filter((folder) => !others.includes(folder));
		t.true(own.length > 0);
		controller.kill('SIGKILL');
		await until(async () => (await running()) === '0', 'the end');
		await until(async () => (await folders()).every((folder) => !own.includes(folder)), 'tidying up');
		t.pass();
	});

	test('a container that stops is unreachable, and so is one that is not there', async (t) => {
		const other = await startHost(t, { init: 'sshd' });
		await using({ name: 'box', connection: 'docker', host: other.container.id }, async (session) => {
			t.is((await session.reader().read(sh`echo up`)).stdout, 'up\n');
			const performing = session.perform([sh`sleep 60`]);
			await sleep(500);
			await other.container.kill();
			await t.throwsAsync(performing, {
				instanceOf: Unreachable,
				message: /the connection to box was lost.*may or may not/,
			});
			await t.throwsAsync(session.reader().read(sh`echo up`), {
				instanceOf: Unreachable,
				message: /not running/,
			});
		});
		await using({ name: 'box', connection: 'docker', host: 'no-such-container-here' }, async (session) => {
			await t.throwsAsync(session.reader().read(sh`true`), {
				instanceOf: Unreachable,
				message: /there is no container/,
			});
		});
	});

	// Serial, so before the others: for a moment of each reload nothing listens.
	test.serial('a password opens the door, by either way of asking; a wrong one does not', async (t) => {
		const { privateKeyFile: _, ...without } = bySsh('asks');
		const commonArgs = `${without.commonArgs} -o IdentityFile=none`;
		for (const [setting, other] of [
			['PasswordAuthentication yes', 'KbdInteractiveAuthentication no'],
			['PasswordAuthentication no', 'KbdInteractiveAuthentication yes'],
		]) {
			await host.output(
				`printf '%s\\n' '${setting}' '${other}' 'UsePAM yes' > /etc/ssh/sshd_config.d/00-test.conf; systemctl reload ssh; sleep 0.5`,
			);
			const login = (text: string): Target => ({ ...without, commonArgs, password: new Secret(text) });
			await using(login(password), async (session) => {
				t.is((await session.reader().read(sh`id -un`)).stdout, 'asks\n', setting);
			});
			await using(login('wrong'), async (session) => {
				await t.throwsAsync(session.reader().read(sh`true`), {
					instanceOf: Unreachable,
					message: /does not let us in/,
				});
			});
		}
	});
}

async function until(condition: () => Promise<boolean>, what = 'it'): Promise<void> {
	for (let i = 0; i < 200; i++) {
		if (await condition()) {
			return;
		}

		await sleep(100);
	}

	throw new Error(`${what} took too long`);
}
