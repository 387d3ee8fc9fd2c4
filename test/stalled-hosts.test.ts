import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import test from 'ava';
import ssh2, { type AuthContext, type ServerChannel } from 'ssh2';
import type { Connection } from '../src/connection/types.ts';
import { Unreachable } from '../src/errors.ts';
import { ReadFailed } from '../src/module/impossible.ts';
import { bounded, patienceFor } from '../src/session/patience.ts';
import { createSession } from '../src/session/session.ts';
import { Silence } from '../src/session/silence.ts';
import { sh } from '../src/shell/command.ts';
import { runPlaybook } from './engine/run-playbook.ts';

// Hosts that stop answering at one point or another. Whatever it is, the others are served, and there is a recap.

const folder = mkdtempSync(join(tmpdir(), 'g2p-stalled-'));
const hostKey = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({
	type: 'pkcs1',
	format: 'pem',
}) as string;
const never = new Promise<never>(() => {});
const endings: (() => unknown)[] = [];
test.after.always('they all go', () => {
	for (const end of endings) {
		end();
	}
});

type Host = {
	readonly login?: (context: AuthContext) => void;
	/** undefined: nobody answers the wish for a channel. */
	readonly exec?: (channel: ServerChannel) => void;
};

/** An SSH server that does what `host` says and nothing else; gives its port. */
async function stalled({ login = (context) => context.accept(), exec }: Host): Promise<number> {
	const server = new ssh2.Server({ hostKeys: [hostKey] }, (client) => {
		endings.push(() => client.end());
		client.on('authentication', login);
		client.on('error', () => {});
		client.on('ready', () => {
			client.on('session', (accept) => {
				accept().on('exec', (acceptExec) => {
					if (exec !== undefined) {
						exec(acceptExec());
					}
				});
			});
		});
	});
	return listening(server);
}

async function silent(): Promise<number> {
	return listening(
		createServer((socket: Socket) => {
			endings.push(() => socket.destroy());
			socket.resume().on('error', () => {});
		}),
	);
}

function listening(server: {
	listen(port: number, host: string, done: () => void): unknown;
	address(): unknown;
	close(): unknown;
}): Promise<number> {
	endings.push(() => server.close());
	return new Promise((resolve) => {
		server.listen(0, '127.0.0.1', () => {
			const { port } = server.address() as { readonly port: number };
			resolve(port);
		});
	});
}

const inventory = (port: number, timeout: number, knownHosts: string, others = ''): string => `all:
  hosts:
${others}    stalled:
      ansible_connection: ssh
      ansible_host: 127.0.0.1
      ansible_port: ${port}
      ansible_user: somebody
      ansible_password: secret
      ansible_timeout: ${timeout}
      ansible_host_key_checking: accept-new
      ansible_ssh_common_args: -F none -o UserKnownHostsFile=${knownHosts}
`;

const rows: readonly (readonly [title: string, port: () => Promise<number>, says: RegExp])[] = [
	['no greeting', silent, /did not answer in time|closed the connection before it was ready/],
	['no answer to a login', () => stalled({ login: () => {} }), /did not answer in time/],
	['no channel', () => stalled({}), /no program could be started there within 3 s/],
	[
		'a login that is no shell, and says nothing',
		() => stalled({ exec: (channel) => channel.resume() }),
		/let us in, and no shell answers there: it gave no answer within 2 s: the login shell has to be a shell/,
	],
	[
		'a start-up file that puts another program in its place',
		() => stalled({ exec: (channel) => channel.stderr.write('Welcome to fish\n') }),
		/no shell answers there: it gave no answer within 2 s: Welcome to fish/,
	],
	[
		'an account that is not available',
		() =>
			stalled({
				exec: (channel) => {
					channel.write('This account is currently not available.\n');
					channel.exit(1);
					channel.end();
				},
			}),
		// Which of the two is seen depends on what comes first: its code, or its end.
		/no shell answers there: it (ended with code 1|was cut off): This account is currently not available\./,
	],
];

for (const [title, port, says] of rows) {
	test(`a host with ${title}: told in time, and the others are served`, async (t) => {
		t.timeout(60_000);
		const knownHosts = join(folder, `known-${rows.findIndex(([name]) => name === title)}`);
		writeFileSync(knownHosts, '');
		const started = performance.now();
		const { exitCode, recap, lines, messages } = await runPlaybook(t, {
			inventory: inventory(await port(), 1, knownHosts, '    well: {}\n'),
			playbook: '- hosts: all\n  gather_facts: false\n  tasks: [{ping: }, {command: "true"}]\n',
		});
		t.true(performance.now() - started < 20_000);
		t.is(exitCode, 4, messages.join('\n'));
		t.deepEqual(lines, ['ping: well=ok stalled=unreachable', 'command: well=changed']);
		t.regex(messages.join('\n'), says);
		t.deepEqual(
			recap.map(({ host, unreachable }) => [host, unreachable]),
			[
				['well', 0],
				['stalled', 1],
			],
		);
	});
}

/** A connection of which this much works. */
const connection = (parts: Partial<Connection>): Connection => ({
	address: 'nowhere',
	open: () => never,
	closed: never,
	close: () => never,
	...parts,
});

const patience = () => ({
	...patienceFor(1),
	opening: 0.3,
	answering: 0.3,
	reading: 0.3,
	closing: 0.3,
});

const promises: readonly (readonly [title: string, connect: () => Promise<Connection>, says: RegExp])[] = [
	['a connection', () => bounded(0.3, never, 'no connection'), /no connection within 0.3 s/],
	['a channel', async () => connection({}), /no program could be started there within 0.3 s/],
	[
		'a shell',
		async () =>
			connection({
				open: async () => ({
					stdin: new PassThrough().resume(),
					stdout: new PassThrough(),
					stderr: new PassThrough(),
					closed: never,
					destroy: () => {},
				}),
			}),
		/no shell answers there: it gave no answer within 0.3 s/,
	],
	[
		'an answer',
		async () =>
			connection({
				open: async () => {
					const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
					stdin.on('data', (bytes: Buffer) => {
						const [, one, other] = /_ga=(\w+) _gb=(\w+)/.exec(bytes.toString()) ?? [];
						if (one !== undefined) {
							stdout.write(`${one}${other}:S:1\n`);
							stderr.write(`${one}${other}:S:1\n`);
						}
					});
					return { stdin, stdout, stderr, closed: never, destroy: () => {} };
				},
			}),
		/is stuck: it gave no answer within 0.3 s while it was read from/,
	],
];

for (const [title, connect, says] of promises) {
	test(`${title} that never comes is not waited for`, async (t) => {
		const session = createSession({ name: 'h', connect, patience });
		const error = await t.throwsAsync(session.reader().read(sh`true`));
		t.true(error instanceof Unreachable || error instanceof ReadFailed);
		t.regex(error?.message ?? '', says);
		const started = performance.now();
		await session.close();
		t.true(performance.now() - started < 6000);
	});
}

test('bytes that come while this process is busy, or slowly, are no silence', async (t) => {
	const silence = new Silence();
	let told = 0;
	const off = silence.after(0.3, () => {
		told++;
	});
	for (let round = 0; round < 4; round++) {
		await sleep(200);
		silence.broken();
	}

	t.is(told, 0);
	// The timer is due before anything can be read, and what has come is read before the judgement.
	setTimeout(() => {
		const until = performance.now() + 600;
		while (performance.now() < until) {}
		setImmediate(() => silence.broken());
	}, 10);
	await sleep(650);
	t.is(told, 0);
	await sleep(800);
	t.is(told, 1);
	off();
});

test('asked twice for the end, a run ends within five seconds, with its recap', async (t) => {
	t.timeout(60_000);
	const killing = new AbortController();
	let asked = Number.POSITIVE_INFINITY;
	const port = await stalled({ exec: (channel) => channel.resume() });
	const running = runPlaybook(t, {
		inventory: inventory(port, 600, join(folder, 'known')),
		playbook: '- hosts: all\n  gather_facts: false\n  tasks: [{ping: }, {command: "true"}]\n',
		options: {
			interrupt: {
				get finishing() {
					return killing.signal.aborted;
				},
				killing: killing.signal,
			},
		},
	});
	setTimeout(() => {
		asked = performance.now();
		killing.abort();
	}, 1500);
	const { recap, events } = await running;
	t.true(Number.isFinite(asked), 'the run was over before anybody asked');
	t.true(performance.now() - asked < 5000);
	t.deepEqual(
		recap.map(({ host, ok }) => [host, ok]),
		[['stalled', 0]],
	);
	t.is(events.at(-1)?.kind, 'run-end');
});
