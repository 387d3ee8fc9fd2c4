import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A host as all tools see it. All of them are this machine; each has a folder of its own to work in. */
export type Host = {
	readonly name: string;
	readonly address: string;
	/** Where its tasks do their work. */
	readonly root: string;
};

/** What all peers log in with. */
export type Login = {
	readonly user: string;
	readonly port: number;
	readonly key: string;
	readonly knownHosts: string;
};

/** sshd listens on no more addresses than this (MAX_LISTEN_SOCKS). */
const addressesPerDaemon = 16;

/**
 * Many hosts on loopback: an account with nothing in its start-up files, and sshd with keys of its own. Everything is
 * in one folder that goes at the end, as do the account and the daemons.
 */
export class Hosts {
	readonly folder = mkdtempSync(join(tmpdir(), 'g2pbook-bench-'));
	readonly login: Login;
	readonly all: readonly Host[];
	readonly #uid: number;
	readonly #gid: number;
	readonly #daemons: ChildProcess[] = [];

	private constructor(count: number, port: number) {
		chmodSync(this.folder, 0o755);
		const user = `g2pbench${process.pid}`;
		// "*" and not "!": without PAM, sshd takes "!" for a locked account and lets no key in.
		const account = ['--home-dir', join(this.folder, 'home'), '--shell', '/bin/sh', '--password', '*', user];
		execFileSync('useradd', ['--system', '--create-home', '--skel', '/var/empty', ...account], {
			stdio: ['ignore', 'ignore', 'inherit'],
		});
		this.#uid = id('-u', user);
		this.#gid = id('-g', user);
		this.login = {
			user,
			port,
			key: join(this.folder, 'login'),
			knownHosts: join(this.folder, 'known_hosts'),
		};
		this.all = Array.from({ length: count }, (_, index) => ({
			name: `h${String(index + 1).padStart(4, '0')}`,
			address: `127.2.${(index + 1) >> 8}.${(index + 1) & 255}`,
			root: join(this.folder, 'roots', `h${String(index + 1).padStart(4, '0')}`),
		}));
	}

	/** @throws when this is not root, or sshd is not there. */
	static async start(count: number): Promise<Hosts> {
		if (process.getuid?.() !== 0) {
			throw new Error('the bench makes an account and starts sshd: run it as root');
		}

		const hosts = new Hosts(count, await freePort());
		try {
			hosts.#makeKeys();
			await hosts.#startDaemons();
			return hosts;
		} catch (error) {
			hosts.stop();
			throw error;
		}
	}

	/** Trust these addresses too: proxies in front of the hosts. */
	trust(addresses: readonly string[]): void {
		const key = readFileSync(join(this.folder, 'host.pub'), 'utf8').split(' ').slice(0, 2).join(' ');
		const lines = addresses.map((address) => `[${address}]:${this.login.port} ${key}\n`);
		writeFileSync(this.login.knownHosts, lines.join(''), { flag: 'a' });
	}

	/** Hosts on which nothing has been done yet. */
	wipe(hosts: readonly Host[]): void {
		for (const { root } of hosts) {
			rmSync(root, { recursive: true, force: true });
			mkdirSync(root, { recursive: true });
			chownSync(root, this.#uid, this.#gid);
		}
	}

	/** Remember what is in the folders of all hosts, times included. */
	save(): void {
		rmSync(join(this.folder, 'saved'), { recursive: true, force: true });
		execFileSync('cp', ['-a', join(this.folder, 'roots'), join(this.folder, 'saved')]);
	}

	/** Go back to what was saved. */
	restore(): void {
		rmSync(join(this.folder, 'roots'), { recursive: true, force: true });
		execFileSync('cp', ['-a', join(this.folder, 'saved'), join(this.folder, 'roots')]);
	}

	stop(): void {
		for (const pid of this.#daemons.flatMap(({ pid }) => (pid === undefined ? [] : descendants(pid)))) {
			end(pid);
		}

		try {
			execFileSync('userdel', [this.login.user], { stdio: ['ignore', 'ignore', 'inherit'] });
		} catch {
			process.stderr.write(`The account ${this.login.user} is still there: userdel ${this.login.user}\n`);
		}

		rmSync(this.folder, { recursive: true, force: true });
	}

	#makeKeys(): void {
		for (const name of ['host', 'login']) {
			execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', '', '-f', join(this.folder, name)]);
		}

		this.trust(this.all.map(({ address }) => address));
	}

	async #startDaemons(): Promise<void> {
		mkdirSync('/run/sshd', { recursive: true });
		const lasts: string[] = [];
		for (let start = 0; start < this.all.length; start += addressesPerDaemon) {
			const some = this.all.slice(start, start + addressesPerDaemon).map(({ address }) => address);
			lasts.push(some.at(-1) ?? '');
			const config = join(this.folder, `sshd-${start}.conf`);
			writeFileSync(config, this.#config(some));
			const daemon = spawn('/usr/sbin/sshd', ['-D', '-e', '-f', config], {
				stdio: ['ignore', 'ignore', 'inherit'],
			});
			this.#daemons.push(daemon);
		}

		for (const address of lasts) {
			await listening(address, this.login.port);
		}
	}

	#config(addresses: readonly string[]): string {
		return [
			...addresses.map((address) => `ListenAddress ${address}`),
			`Port ${this.login.port}`,
			`HostKey ${join(this.folder, 'host')}`,
			`AuthorizedKeysFile ${join(this.folder, 'login.pub')}`,
			`AllowUsers ${this.login.user}`,
			'PidFile none',
			'UsePAM no',
			'UseDNS no',
			'PasswordAuthentication no',
			'KbdInteractiveAuthentication no',
			'StrictModes no',
			'PrintMotd no',
			'PrintLastLog no',
			'MaxStartups 2000',
			'MaxSessions 100',
			'LogLevel FATAL',
			'Subsystem sftp internal-sftp',
			'',
		].join('\n');
	}
}

const id = (option: string, user: string): number =>
	Number(execFileSync('id', [option, user], { encoding: 'utf8' }));

/** A process and all that it has started, the youngest first. */
function descendants(pid: number): readonly number[] {
	try {
		const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean);
		return [...children.flatMap((child) => descendants(Number(child))), pid];
	} catch {
		return [];
	}
}

function end(pid: number): void {
	try {
		process.kill(pid, 'SIGKILL');
	} catch {
		// It has ended by itself.
	}
}

async function listening(address: string, port: number): Promise<void> {
	for (let attempt = 0; attempt < 600; attempt += 1) {
		const answers = await new Promise<boolean>((resolve) => {
			const socket = connect(port, address);
			socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
			socket.once('connect', () => socket.destroy());
		});
		if (answers) {
			return;
		}

		await sleep(100);
	}

	throw new Error(`no sshd answers on ${address}:${port} after a minute`);
}

const freePort = (): Promise<number> =>
	new Promise((resolve, reject) => {
		const server = createServer();
		server.once('error', reject);
		server.listen(0, '127.2.0.1', () => {
			const address = server.address();
			server.close(() =>
				address !== null && typeof address === 'object'
					? resolve(address.port)
					: reject(new Error('no port')),
			);
		});
	});
