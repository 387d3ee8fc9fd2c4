import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { execa } from 'execa';
import { Unreachable } from '../errors.ts';
import { bastionOf, configFileOption, expectNoCircle } from './jump-hosts.ts';
import { sshFailure } from './ssh-failure.ts';
import type { SshOptions } from './ssh-options.ts';
import type { Target } from './target.ts';
import type { Connection } from './types.ts';

/** A connection that others can go through. */
export type Bastion = Connection & {
	readonly forward: (host: string, port: number) => Promise<Duplex>;
};

/** Bastions are shared: a hundred hosts behind one must not be a hundred logins there. */
const bastions = new Map<string, { readonly connection: Promise<Bastion>; users: number }>();

/**
 * The bytes to and from the SSH server of a host: a TCP connection, a program, or a channel through other hosts.
 * @param through logs in at a host on the way
 * @throws Unreachable
 */
export async function openSocket(
	target: Target,
	options: SshOptions,
	through: (target: Target) => Promise<Bastion>,
): Promise<Duplex> {
	const { hostname, port, jumps, proxyCommand, connectTimeout } = options;
	const where = `${hostname}:${port}`;
	try {
		if (jumps.length > 0) {
			await expectNoCircle(target, jumps);
			return await jump(target, options, through);
		}

		return proxyCommand === undefined ? await tcp(hostname, port, connectTimeout) : program(proxyCommand);
	} catch (error) {
		throw sshFailure(target.name, where, error);
	}
}

function tcp(host: string, port: number, timeout: number): Promise<Duplex> {
	return new Promise((resolve, reject) => {
		const socket = connect({ host, port, noDelay: true });
		const timer = setTimeout(() => socket.destroy(new Error(`timed out after ${timeout} s`)), timeout * 1000);
		socket.once('error', reject);
		socket.once('connect', () => {
			clearTimeout(timer);
			socket.off('error', reject);
			resolve(socket);
		});
		socket.once('close', () => clearTimeout(timer));
	});
}

/**
 * What a server says in clear text before SSH begins, or instead of it: sshd gives its reason for a refusal so (a line,
 * RFC 4253 4.2), and whoever is no sshd betrays what it is.
 * @returns what was said until now, one line; empty when SSH has begun
 */
export function wordsBeforeSsh(socket: Duplex): () => string {
	let said = '';
	const listen = (data: Buffer): void => {
		said += data.toString('latin1');
		if (said.length > 500 || /^SSH-/m.test(said)) {
			socket.off('data', listen);
		}
	};
	// A paused stream waits for its reader; without that, the first bytes would come to this listener alone.
	socket.pause();
	socket.on('data', listen);
	return () =>
		/^SSH-/m.test(said)
			? ''
			: (said
					.match(/[ -~]+/)?.[0]
					.trim()
					.slice(0, 120) ?? '');
}

function program(line: string): Duplex {
	const child = execa(line, { shell: true, stderr: 'ignore', buffer: false, reject: false });
	return child.duplex();
}

/** The last host on the way is logged in to through those before it; the bytes go on from there. */
async function jump(
	target: Target,
	{ hostname, port, jumps }: SshOptions,
	through: (target: Target) => Promise<Bastion>,
): Promise<Duplex> {
	const key = [jumps.join(','), ...configFileOption(target)].join(' ');
	const bastion = bastions.get(key) ?? { connection: through(bastionOf(target, jumps)), users: 0 };
	bastions.set(key, bastion);
	bastion.users++;
	const leave = (): void => {
		bastion.users--;
		if (bastion.users === 0) {
			bastions.delete(key);
			bastion.connection.then(
				(connection) => connection.close(),
				() => {},
			);
		}
	};
	try {
		const connection = await bastion.connection;
		void connection.closed.then(() => bastions.get(key) === bastion && bastions.delete(key));
		const channel = await connection.forward(hostname, port).catch((error: unknown) => {
			throw new Unreachable(
				`${target.name}: ${connection.address} cannot reach ${hostname}:${port} (${error instanceof Error ? error.message : String(error)})`,
				{ hint: 'is that address right as seen from there, and does its sshd allow TCP forwarding?' },
			);
		});
		channel.once('close', leave);
		return channel;
	} catch (error) {
		leave();
		throw error;
	}
}
