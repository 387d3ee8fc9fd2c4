import type { Duplex } from 'node:stream';
import { NodeSSH } from 'node-ssh';
import pLimit from 'p-limit';
import type { Algorithms, Client, ClientChannel } from 'ssh2';
import { Unreachable } from '../errors.ts';
import { HostKeyCheck } from './host-key.ts';
import { pause, promiseOf, within } from './promises.ts';
import { type Authentication, authentication } from './ssh-auth.ts';
import { isTransient, sshFailure } from './ssh-failure.ts';
import { type SshOptions, sshOptions } from './ssh-options.ts';
import { type Bastion, openSocket, wordsBeforeSsh } from './ssh-socket.ts';
import type { Target } from './target.ts';
import type { Channel } from './types.ts';

/** Handshakes at a time: sshd drops connections at random when too many have not logged in (MaxStartups). */
const starts = pLimit(32);

// Group exchange is left out: finding its numbers blocks this process for two seconds.
const algorithms: Algorithms = {
	kex: [
		'curve25519-sha256',
		'curve25519-sha256@libssh.org',
		'ecdh-sha2-nistp256',
		'ecdh-sha2-nistp384',
		'ecdh-sha2-nistp521',
		'diffie-hellman-group14-sha256',
		'diffie-hellman-group16-sha512',
	],
	cipher: [
		'aes128-gcm@openssh.com',
		'aes256-gcm@openssh.com',
		'chacha20-poly1305@openssh.com',
		'aes128-ctr',
		'aes256-ctr',
	],
	compress: ['none'],
};

/**
 * A host by SSH. Its key is verified before anything else is said to it.
 * @throws Unreachable
 */
export async function connectSsh(target: Target): Promise<Bastion> {
	const options = await sshOptions(target);
	const check = await HostKeyCheck.of(target.name, options);
	const ways = await authentication(target, options);
	const { client, closed, socket } = await retrying(options.connectTimeout, async () => {
		const socket = await openSocket(target, options, connectSsh);
		return { socket, ...(await starts(() => logIn({ target, options, check, ways, socket }))) };
	});
	return {
		address: `${options.user}@${options.hostname}:${options.port} by ssh`,
		open: (line) => open(client, line, closed, target.name),
		closed,
		forward: (host, port) => forward(client, host, port),
		async close() {
			client.end();
			await within(1, closed);
			// The library does not end a connection that it has said goodbye on, also when nobody answers.
			socket.destroy();
			await within(1, closed);
		},
	};
}

/**
 * sshd drops connections at random while many log in, and resolvers fail under load: both are over in a moment, which
 * is longer the slower the host is.
 * @param patience seconds after which no further attempt begins; four are made in any case
 */
async function retrying<T>(patience: number, logIn: () => Promise<T>): Promise<T> {
	const end = performance.now() + patience * 1000;
	for (let attempt = 1; ; attempt++) {
		try {
			return await logIn();
		} catch (error) {
			if (!isTransient(error) || (attempt >= 4 && performance.now() > end)) {
				throw error;
			}

			await pause(Math.min(attempt, 4) * (0.2 + Math.random() * 0.5));
		}
	}
}

async function logIn({
	target,
	options,
	check,
	ways,
	socket,
}: {
	readonly target: Target;
	readonly options: SshOptions;
	readonly check: HostKeyCheck;
	readonly ways: Authentication;
	readonly socket: Duplex;
}): Promise<{ readonly client: Client; readonly closed: Promise<string> }> {
	const { user: username, hostname, port } = options;
	const ssh = new NodeSSH();
	const said = wordsBeforeSsh(socket);
	try {
		await ssh.connect({
			sock: socket,
			username,
			algorithms: { ...algorithms, serverHostKey: check.algorithms() },
			hostVerifier: (key: Buffer, verify: (valid: boolean) => void) => {
				check.accepts(key).then(verify, () => verify(false));
			},
			authHandler: [...ways.methods],
			// Logging in may take longer than reaching it: directories are asked, keys are checked.
			readyTimeout: options.connectTimeout * 2000,
			// A link may be silent for a while: a host is given up after six times the seconds in which it has to be reached.
			keepaliveInterval: options.connectTimeout * 1500,
			keepaliveCountMax: 4,
		});
	} catch (error) {
		socket.destroy();
		throw check.refusal ?? loginFailure(target, options, ways, error, said());
	}

	const { connection: client } = ssh;
	if (client === null) {
		throw sshFailure(target.name, `${hostname}:${port}`, new Error('closed'));
	}

	const closing = promiseOf<string>();
	let problem: string | undefined;
	client.on('error', (error) => {
		problem = /keepalive/i.test(error.message)
			? `it did not answer for ${options.connectTimeout * 6} s`
			: error.message;
	});
	client.on('close', () => closing.resolve(problem ?? 'the other side closed it'));
	return { client, closed: closing.promise };
}

function loginFailure(
	{ name, password }: Target,
	{ user, hostname, port }: SshOptions,
	{ methods, notes }: Authentication,
	error: unknown,
	said: string,
): Unreachable {
	if (!(error instanceof Error) || !('level' in error) || error.level !== 'client-authentication') {
		return sshFailure(name, `${hostname}:${port}`, error, said);
	}

	const tried =
		methods.length === 0 ? 'there was no key, agent or password to try' : `${methods.length} ways were tried`;
	return new Unreachable(
		`${name}: ${user}@${hostname}:${port} does not let us in (${[tried, ...notes].join('; ')})`,
		{
			hint:
				password === undefined
					? `put your public key into ~${user}/.ssh/authorized_keys there, or give the password: "g2pbook secret set NAME -i INVENTORY", and ansible_password: !secret NAME in the inventory; "ssh -p ${port} ${user}@${hostname}" shows more`
					: 'are user and password right, and does its sshd allow passwords?',
			cause: error,
		},
	);
}

async function open(client: Client, line: string, closed: Promise<string>, name: string): Promise<Channel> {
	const stream = await Promise.race([
		new Promise<ClientChannel>((resolve, reject) => {
			client.exec(line, (error, channel) => (error ? reject(error) : resolve(channel)));
		}),
		closed.then((reason) => Promise.reject(new Error(reason))),
	]).catch(async (error: unknown) => {
		const text = error instanceof Error ? error.message : String(error);
		// A channel is refused a little before its connection is seen to end.
		const reason = await within(0.5, closed);
		throw reason === undefined && /open failure/i.test(text)
			? new Unreachable(`${name}: its sshd opens no further channel (${text})`, {
					hint: 'MaxSessions in sshd_config has to be 10 or more',
				})
			: new Unreachable(`the connection to ${name} was lost (${reason ?? text}); running again is safe`);
	});
	stream.on('error', () => {});
	const ended = promiseOf<{ readonly code: number | undefined; readonly reason?: string | undefined }>();
	let exit: { code: number | undefined; reason: string | undefined } = { code: undefined, reason: undefined };
	stream.on('exit', (code: number | null, signal?: string) => {
		exit = { code: code ?? undefined, reason: signal };
	});
	stream.on('close', () => ended.resolve(exit));
	return {
		stdin: stream,
		stdout: stream,
		stderr: stream.stderr,
		closed: ended.promise,
		destroy() {
			stream.close();
			stream.destroy();
		},
	};
}

const forward = (client: Client, host: string, port: number): Promise<Duplex> =>
	new Promise((resolve, reject) => {
		client.forwardOut('127.0.0.1', 0, host, port, (error, channel) =>
			error ? reject(error) : resolve(channel),
		);
	});
