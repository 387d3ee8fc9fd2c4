import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
	chmodSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	realpathSync,
	statSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import test from 'ava';
import { connectLocal } from '../src/connection/local.ts';
import type { Connection } from '../src/connection/types.ts';
import { TaskFailed, Unreachable } from '../src/errors.ts';
import { ReadFailed } from '../src/module/impossible.ts';
import { type BecomeMethod, becomeHint } from '../src/session/become.ts';
import { createSession } from '../src/session/session.ts';
import type { Session } from '../src/session/types.ts';
import { Command, sh } from '../src/shell/command.ts';
import { Secret } from '../src/shell/secret.ts';

// Everything here talks to real shells on this machine.

const folder = mkdtempSync(join(tmpdir(), 'g2p-session-'));
const run = promisify(execFile);

/** The shells that stand behind /bin/sh on Debian, RHEL and Alpine. */
const shells = ['dash', 'bash', 'busybox'].flatMap((name) => {
	const path = ['/bin', '/usr/bin'].map((place) => join(place, name)).find((file) => existsSync(file));
	return path === undefined ? [] : [{ name, path: realpathSync(path) }];
});

/** The controller itself, with another program in the place of /bin/sh. */
function withShell({ name, path }: { name: string; path: string }): Connection {
	const place = join(folder, name);
	mkdirSync(place, { recursive: true });
	const link = join(place, 'sh');
	if (!existsSync(link)) {
		symlinkSync(path, link);
	}

	const local = connectLocal({ name });
	return {
		...local,
		async open(line) {
			const channel = await local.open(line.replace('/bin/sh', link));
			const stdin = new Transform({
				transform(chunk: Buffer, _encoding, done) {
					done(
						null,
						Buffer.from(chunk.toString('latin1').replaceAll('| $_gs /bin/sh', `| $_gs ${link}`), 'latin1'),
					);
				},
			});
			stdin.pipe(channel.stdin);
			return { ...channel, stdin };
		},
	};
}

const here = (name = 'here'): Session => createSession({ name, connect: async () => connectLocal({ name }) });

async function using<T>(session: Session, work: (session: Session) => Promise<T>): Promise<T> {
	try {
		return await work(session);
	} finally {
		await session.close();
	}
}

const lasting = (session: Session, tick: () => boolean | Promise<boolean>): Promise<void> =>
	(async () => {
		for (let i = 0; i < 600; i++) {
			if (await tick()) {
				return;
			}

			await sleep(50);
		}

		throw new Error(`it took too long (${JSON.stringify(session.traffic)})`);
	})();

const processes = async (pattern: string): Promise<string[]> =>
	(await run('ps', ['-eo', 'pid,args', '-ww'])).stdout
		.split('\n')
		.filter((line) => line.includes(pattern))
		.map((line) => line.trim());

for (const shell of shells) {
	const rows: readonly (readonly [string, Command, { code?: number; stdout?: string; stderr?: RegExp }])[] = [
		['says nothing', sh`true`, { stdout: '' }],
		['text', sh`echo hello`, { stdout: 'hello\n' }],
		['no line break at the end', sh`printf ${'%s'} hello`, { stdout: 'hello' }],
		['its code', new Command('exit 7'), { code: 7 }],
		['errors apart', new Command('echo out; echo err >&2'), { stdout: 'out\n', stderr: /^err\n$/ }],
		['syntax error', new Command('if then fi )'), { code: 2, stderr: /./ }],
		['set -e', new Command('set -e; false; echo no'), { code: 1, stdout: '' }],
		['exec', new Command('exec echo gone'), { stdout: 'gone\n' }],
		['EXIT trap', new Command("trap 'echo bye' EXIT; echo hi"), { stdout: 'hi\nbye\n' }],
		['unknown program', sh`no-such-program-here`, { code: 127, stderr: /not found/ }],
		['reads nothing', new Command('cat; echo $?'), { stdout: '0\n' }],
		[
			'reads its input',
			sh`cat`.withInput("it's\n\tä € 😀 \\n $HOME `id`"),
			{ stdout: "it's\n\tä € 😀 \\n $HOME `id`" },
		],
		['does not read its input', sh`true`.withInput('x'.repeat(60_000)), { stdout: '' }],
		['reads a large input', sh`wc -c`.withInput('x'.repeat(60_000)), { stdout: '60000\n' }],
		['many quotes', sh`cat`.withInput("'".repeat(5000)), { stdout: "'".repeat(5000) }],
		[
			'quotes and blanks',
			sh`printf ${'[%s]'} ${"a'b"} ${'c  d'} ${''} ${'$x'} ${'*'}`,
			{ stdout: "[a'b][c  d][][$x][*]" },
		],
		['line break in a word', sh`printf ${'%s'} ${'a\nb'}`, { stdout: 'a\nb' }],
		[
			'input of no text',
			sh`od -An -tx1`.withInput(Uint8Array.from([0, 255, 10, 129])),
			{ stdout: ' 00 ff 0a 81\n' },
		],
		['killed by a signal', new Command('sh -c "kill -9 \\$\\$"'), { code: 137 }],
		['variables are its own', new Command('_gd=x; HOME=/nowhere; cd /; echo ok'), { stdout: 'ok\n' }],
		['prints all variables', new Command('set'), { stdout: undefined as never }],
	];

	test(`${shell.name}: what a command says comes back unchanged, read or performed`, async (t) => {
		await using(
			createSession({ name: shell.name, connect: async () => withShell(shell) }),
			async (session) => {
				for (const [title, command, expected] of rows) {
					const { code = 0, stdout, stderr } = expected;
					const reading = await session.reader().read(command, { ok: [code] });
					const [performed] = await session.perform([command]);
					for (const output of [reading, performed]) {
						t.is(output?.code, code, title);
						if (stdout !== undefined) {
							t.is(output?.stdout.replace(/^ +(?=\d+\n$)/, ''), stdout, title);
						}

						if (stderr !== undefined) {
							t.regex(output?.stderr ?? '', stderr, title);
						}
					}
				}
			},
		);
	});

	test(`${shell.name}: every character of two bytes survives quoting twice`, async (t) => {
		const text = Array.from({ length: 0x7ff }, (_, index) => String.fromCodePoint(index + 1)).join('');
		await using(
			createSession({ name: shell.name, connect: async () => withShell(shell) }),
			async (session) => {
				const [output] = await session.perform([sh`cat`.withInput(text), sh`printf ${'%s'} ${text}`]);
				t.is(output?.stdout, text);
				t.is((await session.reader().read(sh`printf ${'%s'} ${text}`)).stdout, text);
			},
		);
	});

	test(`${shell.name}: binary content, 500 reads of one tick, and a job that ends its own shell`, async (t) => {
		const bytes = Buffer.concat([Buffer.from([0, 255, 254, 0, 10]), randomBytes(300_000)]);
		const file = join(folder, `${shell.name}.bin`);
		writeFileSync(file, bytes);
		await using(
			createSession({ name: shell.name, connect: async () => withShell(shell) }),
			async (session) => {
				t.true((await session.reader().content(file))?.equals(bytes));
				session.forget();
				const several = await Promise.all(
					[file, '/dev/null', '/no/such', '/etc/passwd'].map((path) => session.reader().content(path)),
				);
				t.true(several[0]?.equals(bytes));
				t.deepEqual(several.slice(1, 3), [Buffer.alloc(0), undefined]);
				t.deepEqual(several[3], readFileSync('/etc/passwd'));
				const before = session.traffic.roundTrips;
				const all = await Promise.all(
					Array.from({ length: 500 }, (_, index) => session.reader().read(sh`echo ${index}`)),
				);
				t.is(session.traffic.roundTrips - before, 1);
				t.deepEqual(
					all.map(({ stdout }) => Number(stdout)),
					all.map((_, index) => index),
				);
				const outputs = await session.perform([sh`echo one`, new Command('kill -9 $$'), sh`echo never`]);
				t.deepEqual(
					outputs.map(({ code }) => code),
					[0, 137],
				);
				t.is((await session.reader().read(sh`echo alive`)).stdout, 'alive\n');
			},
		);
	});

	test(`${shell.name}: a cancelled step is gone with all below it, and nothing of ours stays`, async (t) => {
		const mark = `31.${randomBytes(4).readUInt32BE()}`;
		await using(
			createSession({ name: shell.name, connect: async () => withShell(shell) }),
			async (session) => {
				const error = await t.throwsAsync(
					session.perform(
						[new Command(`echo begun; sleep ${mark} & sh -c 'trap "" TERM; sleep ${mark}; sleep ${mark}'`)],
						undefined,
						{ timeout: 0.5 },
					),
					{ instanceOf: TaskFailed, message: /did not end within 0.5 s.*was ended on/ },
				);
				t.is(error instanceof TaskFailed ? error.result.stdout : '', 'begun\n');
				t.deepEqual(await processes(mark), []);
				t.is((await session.reader().read(sh`echo alive`)).stdout, 'alive\n');
			},
		);
	});
}

test('all tested shells are here', (t) => {
	t.deepEqual(
		shells.map(({ name }) => name),
		['dash', 'bash', 'busybox'],
	);
});

test('50 MB come back whole, and head and tail of what is more than 64 MiB from a step', async (t) => {
	await using(here(), async (session) => {
		const command = new Command('head -c 50000000 /dev/zero | tr "\\0" x; echo; echo end');
		const before = process.cpuUsage();
		t.is((await session.reader().read(command)).stdout.length, 50_000_005);
		// Searching a growing buffer again would take a minute.
		t.true(process.cpuUsage(before).user < 30_000_000);
		const [whole] = await session.perform([command]);
		t.is(whole?.stdout.length, 50_000_005);
		t.is(whole?.incomplete, undefined);
		const [more] = await session.perform([
			new Command('yes x | head -c 70000000; echo; echo end; echo few >&2'),
		]);
		t.is(more?.code, 0);
		t.is(more?.stderr, 'few\n');
		t.is(more?.incomplete, 'it is more than the 64 MiB that are kept');
		const cut = more?.stdout ?? '';
		t.is(cut.length, 1024 * 1024 + '\n… 68951429 bytes left out …\n'.length);
		t.true(cut.includes('\nx\n\n… 68951429 bytes left out …\n'));
		t.true(cut.endsWith('x\nx\n\nend\n'));
	});
});

test('a daemon neither holds a step up nor gets into later output', async (t) => {
	await using(here(), async (session) => {
		const mark = `33.${randomBytes(4).readUInt32BE()}`;
		const noise = `: ${mark}; while sleep 0.001; do echo noise; echo noise >&2; done`;
		const [first] = await session.perform([new Command(`sh -c '${noise}' & echo started`)]);
		const [line = ''] = await processes(mark);
		t.regex(line, /noise/);
		t.regex(first?.stdout ?? '', /^(noise\n)*started\n(noise\n)*$/);
		for (let i = 0; i < 50; i++) {
			session.forget();
			t.is((await session.reader().read(sh`echo clean`)).stdout, 'clean\n');
		}

		t.regex((await processes(mark))[0] ?? '', /noise/);
		process.kill(Number.parseInt(line, 10), 'SIGKILL');
	});
});

test('steps stop at the first that fails', async (t) => {
	await using(here(), async (session) => {
		const outputs = await session.perform([sh`echo a`, new Command('echo b; exit 4'), sh`echo c`]);
		t.deepEqual(outputs, [
			{ code: 0, stdout: 'a\n', stderr: '' },
			{ code: 4, stdout: 'b\n', stderr: '' },
		]);
		t.deepEqual(await session.perform([]), []);
	});
});

test('a step and the reads after it travel together, and the reads see what it did', async (t) => {
	const path = join(folder, 'together');
	await using(here(), async (session) => {
		t.is(await session.reader().stat(path), undefined);
		const before = session.traffic.roundTrips;
		const performed = session.perform([sh`touch ${path}`]);
		const status = session.reader().stat(path);
		await performed;
		t.is((await status)?.type, 'file');
		t.is(session.traffic.roundTrips - before, 1);
	});
});

test('answers are kept until something is done', async (t) => {
	const path = join(folder, 'kept');
	await using(here(), async (session) => {
		const look = () => session.reader().stat(path);
		t.is(await look(), undefined);
		writeFileSync(path, '');
		t.is(await look(), undefined);
		session.forget();
		t.is((await look())?.size, 0);
		const slow = session.reader().read(new Command(`sleep 0.3; cat ${path}`));
		await sleep(50);
		await session.perform([new Command(`echo x > ${path}`)]);
		t.is((await slow).stdout, '');
		t.is((await session.reader().read(new Command(`sleep 0.3; cat ${path}`))).stdout, 'x\n');
		t.is(session.traffic.writes, 1);
	});
});

test('reads of one kind are one process, and the same read is asked once', async (t) => {
	const names = Array.from({ length: 60 }, (_, index) => join(folder, `many-${index}`));
	for (const name of names.slice(0, 30)) {
		writeFileSync(name, name);
	}

	const trace = join(folder, 'trace');
	const bin = join(folder, 'bin');
	mkdirSync(bin);
	for (const program of ['stat', 'sha256sum', 'dpkg-query', 'grep', 'getent']) {
		writeFileSync(
			join(bin, program),
			`#!/bin/sh\necho ${program} >>${trace}\nPATH=/usr/bin:/bin exec ${program} "$@"\n`,
		);
		chmodSync(join(bin, program), 0o755);
	}

	const local = connectLocal({ name: 'here' });
	const session = createSession({
		name: 'here',
		connect: async () => ({ ...local, open: (line) => local.open(`PATH=${bin}:$PATH; ${line}`) }),
	});
	await using(session, async () => {
		const reader = session.reader();
		await Promise.all([
			...names.map((name) => reader.stat(name)),
			...names.map((name) => session.reader().stat(name)),
			...names.map((name) => reader.sha256(name)),
			...['bash', 'dash', 'coreutils', 'nope'].map((name) => reader.package(name)),
			...['kernel.ostype', 'net.ipv4.ip_forward', 'no.such'].map((name) => reader.sysctl(name)),
			...['root', 'daemon', 'nope'].map((name) => reader.user(name)),
			...['root', 'adm', 'nope'].map((name) => reader.group(name)),
		]);
		t.is(session.traffic.roundTrips, 1);
		t.deepEqual(readFileSync(trace, 'utf8').trim().split('\n').sort(), [
			'dpkg-query',
			'getent',
			'getent',
			'getent',
			'grep',
			'sha256sum',
			'stat',
		]);
	});
});

test('stat tells every kind of thing, and names with anything in them', async (t) => {
	const place = mkdtempSync(join(folder, 'stat-'));
	const odd = ["it's", 'a b', 'line\nbreak', 'back\\slash', '-dash', '日本', '%n', '*', '"'];
	for (const name of odd) {
		writeFileSync(join(place, name), name);
	}

	symlinkSync("to 'here'\nand on", join(place, 'link'));
	symlinkSync(place, join(place, 'good'));
	symlinkSync('loop', join(place, 'loop'));
	await run('mkfifo', [join(place, 'fifo')]);
	await using(here(), async (session) => {
		const reader = session.reader();
		const [sizes, hashes] = await Promise.all([
			Promise.all(odd.map((name) => reader.stat(join(place, name)))),
			Promise.all(odd.map((name) => reader.sha256(join(place, name)))),
		]);
		t.deepEqual(
			sizes.map((status) => status?.size),
			odd.map((name) => Buffer.byteLength(name)),
		);
		t.true(hashes.every((hash) => hash !== undefined && hash.length === 64));
		t.is(new Set(hashes).size, odd.length);
		const rows: readonly (readonly [string, object | undefined])[] = [
			['link', { type: 'link', target: "to 'here'\nand on" }],
			['good', { type: 'link', target: place }],
			['fifo', { type: 'fifo' }],
			['nothing', undefined],
			["it's/below a file", undefined],
			['.', { type: 'directory' }],
		];
		const seen = await Promise.all(rows.map(([name]) => reader.stat(join(place, name))));
		for (const [index, [name, expected]] of rows.entries()) {
			expected === undefined ? t.is(seen[index], undefined, name) : t.like(seen[index], expected, name);
		}

		t.like(await reader.stat('/dev/null'), { type: 'character', mode: '0666' });
		t.like(await reader.stat(join(place, 'good'), { follow: true }), { type: 'directory' });
		t.is(await reader.stat(join(place, 'link'), { follow: true }), undefined);
		const [loop, fine] = await Promise.allSettled([
			reader.stat(join(place, 'loop'), { follow: true }),
			reader.stat(join(place, 'fifo'), { follow: true }),
		]);
		t.is(loop.status, 'rejected');
		t.is(fine.status, 'fulfilled');
	});
});

test('contents of one tick come from one process; where something fails, each has its own error', async (t) => {
	const place = join(folder, 'contents');
	mkdirSync(place);
	writeFileSync(join(place, 'empty'), '');
	writeFileSync(join(place, '-n $(id)'), 'odd\n');
	writeFileSync(join(place, 'no end'), 'no end');
	symlinkSync('loop', join(place, 'loop'));
	symlinkSync('nowhere', join(place, 'dangling'));
	const good = ['empty', '-n $(id)', 'no end', 'nothing', 'dangling', 'empty/below'];
	const expected = ['', 'odd\n', 'no end', undefined, undefined, undefined];
	await using(here(), async (session) => {
		const before = session.traffic;
		const ask = (names: readonly string[]) =>
			Promise.allSettled(names.map((name) => session.reader().content(join(place, name))));
		const text = (result: PromiseSettledResult<Buffer | undefined> | undefined) =>
			result?.status === 'fulfilled' ? result.value?.toString() : String(result?.reason);
		t.deepEqual((await ask(good)).map(text), expected);
		t.is(session.traffic.processes - before.processes, 1);

		session.forget();
		const mixed = await ask(['loop', ...good, '.']);
		t.deepEqual(mixed.slice(1, -1).map(text), expected);
		t.regex(text(mixed[0]) ?? '', /cat .*loop.*: .*symbolic links/i);
		t.regex(text(mixed.at(-1)) ?? '', /directory/);
		t.is(session.traffic.roundTrips - before.roundTrips, 3);
	});
});

test('what cannot be read is an error with command, code and what was said; what is not there is undefined', async (t) => {
	await using(here(), async (session) => {
		const reader = session.reader();
		const failed = await t.throwsAsync(reader.read(new Command('echo out; echo why >&2; exit 9')), {
			instanceOf: ReadFailed,
			message: /exit 9: why/,
		});
		t.like(failed instanceof ReadFailed ? failed.result : {}, { rc: 9, stdout: 'out\n', stderr: 'why\n' });
		t.is((await reader.read(new Command('exit 9'), { ok: [9] })).code, 9);
		await t.throwsAsync(reader.content('/'), { instanceOf: ReadFailed, message: /directory/ });
		await t.throwsAsync(reader.sha256('/'), { instanceOf: ReadFailed, message: /directory/ });
		t.is(await reader.content('/no/such'), undefined);
		t.is(await reader.sha256('/no/such'), undefined);
		t.is(await reader.package('no-such-package'), undefined);
		t.regex((await reader.package('dpkg'))?.version ?? '', /^\d/);
		t.is(await reader.sysctl('no.such.key'), undefined);
		t.is(await reader.sysctl('kernel.ostype'), 'Linux');
		t.is(
			await reader.sysctl('net/ipv4/conf/lo/forwarding'),
			await reader.sysctl('net.ipv4.conf.lo.forwarding'),
		);
		t.is(await reader.user('no-such-user'), undefined);
		t.is(await reader.user('0'), undefined);
		t.like(await reader.user('daemon'), { uid: 1, primaryGroup: 'daemon', shell: '/usr/sbin/nologin' });
		t.like(await reader.group('adm'), { gid: 4 });
	});
});

test('a script is a file that its interpreter reads, and is gone afterwards', async (t) => {
	await using(here(), async (session) => {
		const outputs = await session.perform(
			[
				{
					kind: 'script',
					text: 'echo "$1|$2|$VAR"; pwd; cat; stat -c %a "$0"; echo "$0"',
					arguments: ['a b', "c'd"],
					chdir: '/usr',
					input: 'in',
				},
				{ kind: 'script', text: 'BEGIN { print "awk" }', interpreter: ['awk', '-f'] },
				{ kind: 'script', text: new Secret(`# ${'x'.repeat(100_000)}\necho large`) },
				{ kind: 'script', text: 'exit 5' },
			],
			{ environment: { VAR: new Secret("va'lue") } },
		);
		t.deepEqual(
			outputs.map(({ code }) => code),
			[0, 0, 0, 5],
		);
		const lines = outputs[0]?.stdout.split('\n') ?? [];
		t.deepEqual(lines.slice(0, 3), ["a b|c'd|va'lue", '/usr', 'in600']);
		t.false(existsSync(lines[3] ?? ''));
		t.is(outputs[1]?.stdout, 'awk\n');
		t.is(outputs[2]?.stdout, 'large\n');
		const [missing] = await session.perform([{ kind: 'script', text: 'echo no', chdir: '/no/such' }]);
		t.not(missing?.code, 0);
		t.regex(missing?.stderr ?? '', /no\/such/);
		await t.throwsAsync(session.perform([sh`true`], { environment: { 'A-B': 'x' } }), { message: /A-B/ });
	});
});

test('steps have the umask and the locale of the host, reads speak English', async (t) => {
	await using(here(), async (session) => {
		const own = (await run('sh', ['-c', 'umask; echo "$LC_ALL"'])).stdout;
		const [output] = await session.perform([new Command('umask; echo "$LC_ALL"')]);
		t.is(output?.stdout, own);
		t.is((await session.reader().read(new Command('echo "$LC_ALL"'))).stdout, 'C\n');
	});
});

test('secrets never show in ps', async (t) => {
	const value = `s3cret${randomBytes(8).toString('hex')}`;
	await using(here(), async (session) => {
		const performing = session.perform(
			[
				new Command('sleep 0.6').withInput(new Secret(value)),
				{ kind: 'script', text: new Secret(`X=${value}; sleep 0.6`) },
				{
					kind: 'upload',
					path: join(folder, 'secret'),
					content: new Secret(value),
					validate: 'sleep 0.3; grep -q . %s',
				},
			],
			{ environment: { TOKEN: new Secret(value) } },
		);
		let seen = 0;
		const looking = setInterval(
			() =>
				void processes(value).then((found) => {
					seen += found.length;
				}),
			40,
		);
		const outputs = await performing;
		clearInterval(looking);
		t.deepEqual(
			outputs.map(({ code }) => code),
			[0, 0, 0],
		);
		t.is(seen, 0);
		t.is(readFileSync(join(folder, 'secret'), 'utf8'), value);
	});
});

test('the shell that dies is reported and replaced', async (t) => {
	await using(here(), async (session) => {
		const pid = async () => Number((await session.reader().read(new Command('echo $$'))).stdout);
		const first = await pid();
		const performing = session.perform([new Command(`kill -9 ${first}; sleep 0.3; echo done`)]);
		// It may end before or after its shell is missed; either way it is told.
		const told = await performing.then(
			([output]) => output?.stdout,
			(error: Error) => error.message,
		);
		t.regex(String(told), /^done\n$|may or may not have finished/);
		session.forget();
		t.not(await pid(), first);
		const second = await session
			.reader()
			.read(new Command('kill -9 $$; sleep 1'), { ok: [0, 137] })
			.catch((error: Error) => error);
		t.true(second instanceof ReadFailed, String(second));
		t.is((await session.reader().read(sh`echo alive`)).stdout, 'alive\n');
	});
});

test('a host that was lost and cannot be reached again is told as both', async (t) => {
	const ways: (() => Promise<Connection>)[] = [
		async () => {
			const local = connectLocal({ name: 'one' });
			const closed = sleep(100, 'the other side closed it');
			return { ...local, closed };
		},
		async () => {
			throw new Unreachable('one: nothing listens at 192.0.2.1:22', { hint: 'is sshd running there?' });
		},
		async () => connectLocal({ name: 'one' }),
	];
	const session = createSession({
		name: 'one',
		connect: () => (ways.shift() ?? (() => Promise.reject(new Error('no further way'))))(),
	});
	t.is((await session.reader().read(sh`echo alive`)).stdout, 'alive\n');
	await sleep(200);
	const error = await t.throwsAsync(session.reader({ user: 'nobody' }).read(sh`echo alive`), {
		instanceOf: Unreachable,
		message:
			'the connection to one was lost (the other side closed it), and there is no way back to it: nothing listens at 192.0.2.1:22; running again is safe',
	});
	t.is(error instanceof Unreachable ? error.hint : undefined, 'is sshd running there?');
	await using(session, async () => {
		t.is((await session.reader({ user: 'root' }).read(sh`echo again`)).stdout, 'again\n');
	});
});

test('a signal ends a running step, and a waiting one is never begun', async (t) => {
	await using(here(), async (session) => {
		const [first, second] = [new AbortController(), new AbortController()];
		const path = join(folder, 'never');
		const running = session.perform([sh`sleep 30`], undefined, { signal: first.signal });
		const waiting = session.perform([sh`touch ${path}`], undefined, { signal: second.signal });
		await sleep(300);
		second.abort();
		first.abort();
		await t.throwsAsync(running, { message: /it was cancelled: "sleep 30" was ended/ });
		await t.throwsAsync(waiting, { message: /was not begun on here/ });
		t.false(existsSync(path));
		const after = new AbortController();
		after.abort();
		await t.throwsAsync(session.perform([sh`touch ${path}`], undefined, { signal: after.signal }));
		t.false(existsSync(path));
	});
});

test('reads that travel with a cancelled step are answered nevertheless', async (t) => {
	await using(here(), async (session) => {
		const performing = session.perform([sh`sleep 30`], undefined, { timeout: 0.3 });
		const reading = session.reader().read(sh`echo answered`);
		await t.throwsAsync(performing);
		t.is((await reading).stdout, 'answered\n');
	});
});

const uploads: readonly {
	title: string;
	before?: (path: string) => void;
	step: Partial<{
		mode: string;
		owner: string;
		group: string;
		validate: string;
		backup: boolean;
		content: string | Uint8Array;
	}>;
	code?: number;
	mode?: number;
	uid?: number;
	content?: string;
	stderr?: RegExp;
	left?: readonly RegExp[];
}[] = [
	{ title: 'new file: 0644', step: {}, mode: 0o644, content: 'new' },
	{ title: 'new file with a mode', step: { mode: '0600' }, mode: 0o600, content: 'new' },
	{
		title: 'setuid survives the change of owner',
		step: { mode: '4755', owner: 'daemon', group: 'adm' },
		mode: 0o4755,
		uid: 1,
	},
	{
		title: 'old mode is kept',
		before: (path) => writeFileSync(path, 'old', { mode: 0o640 }),
		step: {},
		mode: 0o640,
		content: 'new',
	},
	{
		title: 'the old file is kept beside it',
		before: (path) => writeFileSync(path, 'old'),
		step: { backup: true },
		content: 'new',
		left: [/^f$/, /^f\.\d{8}T\d{6}Z\.bak$/],
	},
	{
		title: 'refused by validate: the old file stays',
		before: (path) => writeFileSync(path, 'old', { mode: 0o600 }),
		step: { validate: 'grep -q wanted %s' },
		code: 1,
		content: 'old',
		mode: 0o600,
		stderr: /was refused \(code 1\)/,
	},
	{ title: 'accepted by validate', step: { validate: "sh -c 'grep -q new %s'" }, content: 'new' },
	{
		title: 'unknown owner: nothing is left',
		step: { owner: 'no-such-user' },
		code: 1,
		left: [],
		stderr: /no-such-user/,
	},
	{
		title: 'the target is a folder',
		before: (path) => mkdirSync(path),
		step: {},
		code: 1,
		stderr: /is a folder/,
	},
	{ title: 'empty', step: { content: '' }, content: '' },
	{ title: 'no text', step: { content: Uint8Array.from([0, 1, 2, 255]) } },
	{ title: 'large', step: { content: 'x'.repeat(200_000) }, content: 'x'.repeat(200_000), mode: 0o644 },
	{
		title: 'large and refused',
		before: (path) => writeFileSync(path, 'old'),
		step: { content: 'x'.repeat(200_000), validate: 'false %s' },
		code: 1,
		content: 'old',
		left: [/^f$/],
	},
];

for (const [index, row] of uploads.entries()) {
	test(`upload: ${row.title}`, async (t) => {
		const place = join(folder, `upload-${index}`);
		mkdirSync(place);
		const path = join(place, 'f');
		row.before?.(path);
		await using(here(), async (session) => {
			const [output] = await session.perform([{ kind: 'upload', path, content: 'new', ...row.step }]);
			t.is(output?.code, row.code ?? 0, output?.stderr);
			t.regex(output?.stderr ?? '', row.stderr ?? /^/);
			if (row.content !== undefined) {
				t.is(readFileSync(path, 'utf8'), row.content);
			}

			if (row.mode !== undefined) {
				t.is(statSync(path).mode & 0o7777, row.mode);
			}

			if (row.uid !== undefined) {
				t.is(statSync(path).uid, row.uid);
			}

			const left = readdirSync(place).sort();
			const expected = row.left ?? [/^f$/];
			t.is(left.length, expected.length, left.join(' '));
			for (const [at, pattern] of expected.entries()) {
				t.regex(left[at] ?? '', pattern);
			}
		});
	});
}

test('upload: through a link, into a missing folder, over a mount point, of a file of the controller', async (t) => {
	const place = mkdtempSync(join(folder, 'links-'));
	writeFileSync(join(place, 'real'), 'old');
	symlinkSync('real', join(place, 'link'));
	symlinkSync('fresh', join(place, 'dangling'));
	const big = join(place, 'big');
	const bytes = randomBytes(5_000_000);
	writeFileSync(big, bytes);
	await using(here(), async (session) => {
		const upload = async (path: string, content = 'new') =>
			(await session.perform([{ kind: 'upload', path: join(place, path), content }]))[0];
		t.is((await upload('link'))?.code, 0);
		t.is(readFileSync(join(place, 'real'), 'utf8'), 'new');
		t.true(
			readdirSync(place, { withFileTypes: true })
				.find(({ name }) => name === 'link')
				?.isSymbolicLink(),
		);
		t.is((await upload('dangling'))?.code, 0);
		t.is(readFileSync(join(place, 'fresh'), 'utf8'), 'new');
		t.regex((await upload('no/such/file'))?.stderr ?? '', /the folder .*no\/such does not exist/);

		const { size } = statSync(big);
		const sha256 = (await session.reader().sha256(big)) ?? '';
		const local = { kind: 'local-file' as const, path: big, size, sha256 };
		const target = join(place, 'new', 'copy');
		const outputs = await session.perform([
			sh`mkdir ${join(place, 'new')}`,
			{ kind: 'upload', path: target, content: local, mode: '0640' },
			sh`echo after`,
		]);
		t.deepEqual(
			outputs.map(({ code }) => code),
			[0, 0, 0],
		);
		t.true(readFileSync(target).equals(bytes));
		t.is(statSync(target).mode & 0o777, 0o640);
		await t.throwsAsync(
			session.perform([{ kind: 'upload', path: target, content: { ...local, sha256: 'f'.repeat(64) } }]),
			{ message: /did not arrive whole/ },
		);
		await t.throwsAsync(
			session.perform([{ kind: 'upload', path: join(place, 'gone', 'x'), content: local }]),
			{ message: /cannot be written: the folder .*gone does not exist/ },
		);
		t.true(readFileSync(target).equals(bytes));
		t.deepEqual(readdirSync(join(place, 'new')), ['copy']);

		const bound = join(place, 'bound');
		writeFileSync(bound, 'old');
		const [mounted] = await session.perform([new Command(`unshare -m true && mount --bind ${big} ${bound}`)]);
		if (mounted?.code === 0) {
			t.is((await upload('bound', 'in place'))?.code, 0);
			t.is(readFileSync(big, 'utf8'), 'in place');
			await session.perform([sh`umount ${bound}`]);
		}
	});
	t.deepEqual(
		readdirSync(place).filter((name) => name.startsWith('.g2p')),
		[],
	);
});

test('nothing of ours stays on the host', async (t) => {
	const session = here();
	const [output] = await session.perform([new Command('echo "$_gd"')]);
	const own = output?.stdout.trim() ?? '';
	t.is(statSync(own).mode & 0o777, 0o700);
	await session
		.reader()
		.read(new Command('kill -9 $$'), { ok: [0, 137] })
		.catch(() => {});
	const [next] = await session.perform([new Command('echo "$_gd"')]);
	t.false(existsSync(own));
	await session.close();
	t.false(existsSync(next?.stdout.trim() ?? ''));
	const reading = here();
	t.is((await reading.reader().read(new Command('echo "$_gd"'))).stdout, '\n');
	await reading.close();
});

for (const finishes of [false, true]) {
	test(`when g2pbook is killed, the running step is ${finishes ? 'left to finish' : 'ended'}`, async (t) => {
		const mark = `32.${randomBytes(4).readUInt32BE()}`;
		const done = join(folder, `done-${finishes}`);
		const place = join(folder, `place-${finishes}`);
		const controller = spawn(
			process.execPath,
			[
				'--import=tsx',
				new URL('fixtures/session/controller.ts', import.meta.url).pathname,
				`echo "$_gd" > ${place}; sleep ${finishes ? `3.${mark.slice(3)}` : mark}; echo out; touch ${done}`,
				String(finishes),
			],
			{ stdio: ['ignore', 'pipe', 'inherit'] },
		);
		t.teardown(() => controller.kill('SIGKILL'));
		const session = here();
		const pattern = finishes ? `sleep 3.${mark.slice(3)}` : `sleep ${mark}`;
		await lasting(session, () => existsSync(place) && readFileSync(place, 'utf8').endsWith('\n'));
		controller.kill('SIGKILL');
		await lasting(session, async () => (await processes(pattern)).length === 0);
		await lasting(session, () => !existsSync(readFileSync(place, 'utf8').trim()));
		t.is(existsSync(done), finishes);
	});
}

test('sending a large file can be cancelled, and leaves nothing', async (t) => {
	t.timeout(60_000);
	const place = mkdtempSync(join(folder, 'cancel-'));
	const local = connectLocal({ name: 'here' });
	// A host that takes its time.
	const slow: Connection = {
		...local,
		open: (line) => local.open(line.replaceAll('head -c', '{ sleep 40; } | head -c 0; head -c')),
	};
	await using(createSession({ name: 'slow', connect: async () => slow }), async (session) => {
		const path = join(place, 'large');
		const step = { kind: 'upload' as const, path, content: Buffer.alloc(20_000_000) };
		await t.throwsAsync(session.perform([sh`true`, step], undefined, { timeout: 6 }), {
			instanceOf: TaskFailed,
			message: /did not end within 6 s: .*large was not sent to its end/,
		});
	});
	await lasting(here(), () => readdirSync(place).length === 0);
	t.pass();
});

const becoming: readonly (readonly [method: BecomeMethod, said: string, hint: RegExp | undefined])[] = [
	['sudo', 'sudo: unknown user nosuchuser', /^correct become_user, .*user: \{name: app\}$/],
	['sudo', 'sudo: unknown user: nosuchuser', /^correct become_user/],
	[
		'su',
		'su: user nosuchuser does not exist or the user entry does not contain all the required fields',
		/^correct/,
	],
	['sudo', "sudo-rs: user 'nosuchuser' not found", /correct become_user/],
	['sudo', "sudo-rs: I'm sorry bea. I'm afraid I can't do that", /let the login user become app/],
	['sudo', 'bea is not in the sudoers file.', /in sudoers, or .*remote_user: app$/],
	['sudo', 'sh: 1: exec: sudo: not found', /^install sudo .*ansible_become_method: su$/],
	['sudo', 'sudo: sorry, you must have a tty to run sudo', /write "Defaults:USER !requiretty" .*\(visudo\)/],
	['doas', 'doas: a tty is required', /permit nopass/],
	['sudo', 'something else', undefined],
];

for (const [method, said, expected] of becoming) {
	test(`${method} said "${said}"`, (t) => {
		const hint = becomeHint(method, 'app', said);
		t.regex(hint ?? '', expected ?? /^$/);
	});
}
