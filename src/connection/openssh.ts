import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { Unreachable } from '../errors.ts';
import { expectNoCircle } from './jump-hosts.ts';
import { processChannel } from './process-channel.ts';
import { within } from './promises.ts';
import { sshFailure } from './ssh-failure.ts';
import { splitWords, sshOptions } from './ssh-options.ts';
import type { Target } from './target.ts';
import type { Connection } from './types.ts';

/**
 * A host by the ssh program of this machine, for what the library cannot do: hardware keys, certificates, GSSAPI. One
 * process logs in and stays; each channel is a process that shares its connection, and dies with it.
 * @throws Unreachable
 */
export async function connectOpenssh(target: Target): Promise<Connection> {
	await expectNoCircle(target, (await sshOptions(target)).jumps);
	// Short: the path of a socket has at most 108 bytes.
	const folder = await mkdtemp(join(tmpdir(), 'g2p-'));
	const socket = join(folder, 's');
	const words = ['-S', socket, ...options(target), '--', target.host];
	const master = execa('ssh', ['-M', '-N', ...words], {
		stdin: 'ignore',
		stdout: 'ignore',
		stderr: 'pipe',
		reject: false,
		detached: true,
		cleanup: true,
	});
	const ended = master.then(async ({ stderr, code }) => {
		await rm(folder, { recursive: true, force: true });
		return code === 'ENOENT' ? 'there is no ssh program on this machine' : String(stderr ?? '').trim();
	});
	let over = false;
	void ended.then(() => {
		over = true;
	});
	const patience = (target.connectTimeout ?? 10) * 3;
	const giveUp = Date.now() + patience * 1000;
	while (!existsSync(socket)) {
		if (over) {
			throw loginFailure(target, await ended);
		}

		if (Date.now() > giveUp) {
			master.kill('SIGKILL');
			throw loginFailure(target, `timed out: ssh has not logged in within ${patience} s`);
		}

		await Promise.race([sleep(10), ended]);
	}

	return {
		address: `${target.user === undefined ? '' : `${target.user}@`}${target.host} by openssh`,
		async open(line) {
			if (over) {
				throw new Unreachable(`the connection to ${target.name} was lost (${await ended})`);
			}

			const child = execa('ssh', ['-T', ...words, line], {
				stdin: 'pipe',
				stdout: 'pipe',
				stderr: 'pipe',
				buffer: false,
				reject: false,
				detached: true,
			});
			return processChannel(child, () => child.kill());
		},
		closed: ended.then((said) => said || 'it was closed'),
		async close() {
			master.kill();
			if ((await within(2, ended)) === undefined) {
				master.kill('SIGKILL');
			}
		},
	};
}

function options({
	port,
	user,
	privateKeyFile,
	commonArgs,
	hostKeyChecking,
	connectTimeout,
}: Target): string[] {
	const set = (name: string, value: string | number): string[] => ['-o', `${name}=${value}`];
	return [
		// First, because the first word counts: nothing turns the check off.
		...set('StrictHostKeyChecking', hostKeyChecking === 'accept-new' ? 'accept-new' : 'yes'),
		...set('BatchMode', 'yes'),
		...set('ConnectTimeout', connectTimeout ?? 10),
		...set('ServerAliveInterval', Math.ceil((connectTimeout ?? 10) * 1.5)),
		...set('ServerAliveCountMax', 4),
		...set('ControlPersist', 'no'),
		...(port === undefined ? [] : ['-p', String(port)]),
		...(user === undefined ? [] : ['-l', user]),
		...(privateKeyFile === undefined ? [] : ['-i', privateKeyFile]),
		...splitWords(commonArgs ?? ''),
	];
}

function loginFailure(target: Target, said: string): Unreachable {
	const where = `${target.host}:${target.port ?? 22}`;
	if (/REMOTE HOST IDENTIFICATION HAS CHANGED/.test(said)) {
		const [seen] = /SHA256:\S+/.exec(said) ?? ['?'];
		return new Unreachable(`the key of ${target.name} has changed: seen was ${seen}\n${said}`, {
			hint: 'either somebody is in the way, or the host was installed anew; ssh-keygen -R removes the old key',
		});
	}

	if (/Host key verification failed/i.test(said)) {
		return new Unreachable(`the key of ${target.name} is not known: ${said}`, {
			hint: `compare the fingerprint on the host, then: ssh-keyscan${target.port === undefined || target.port === 22 ? '' : ` -p ${target.port}`} ${target.host} >> ~/.ssh/known_hosts, or run with --accept-new-host-keys`,
		});
	}

	if (/Permission denied/i.test(said)) {
		return new Unreachable(`${target.name}: ${where} does not let us in (${said})`, {
			hint: 'passwords cannot be used with openssh: put your public key there, or add the key to the agent',
		});
	}

	if (/Connection refused/i.test(said)) {
		return sshFailure(target.name, where, new Error(`ECONNREFUSED ${said}`));
	}

	return sshFailure(
		target.name,
		where,
		new Error(
			/resolve hostname/i.test(said)
				? `ENOTFOUND ${said}`
				: /no route/i.test(said)
					? `EHOSTUNREACH ${said}`
					: said,
		),
	);
}
