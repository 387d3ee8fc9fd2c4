import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Container } from 'dockerode';
import { UserError } from '../errors.ts';
import { runInside } from './inside.ts';

/** A host that has not started by then never will. Seconds. */
const patience = 90;

/**
 * Wait until systemd has started everything and sshd answers.
 * @returns the names of the units that failed.
 * @throws UserError with the end of the host's log when it does not start.
 */
export async function untilReady(
	container: Container,
	name: string,
	address: string,
): Promise<readonly string[]> {
	const deadline = Date.now() + patience * 1000;
	let said = '';
	while (Date.now() < deadline) {
		const { State: state } = await container.inspect();
		if (!state.Running) {
			throw await failure(container, `host ${name} stopped while it started (code ${state.ExitCode})`);
		}

		// Before its bus is there, systemd cannot be asked, and the answer is empty or "offline".
		said = (await runInside(container, 'systemctl is-system-running --wait 2>&1')).stdout.trim();
		if (said === 'running' || said === 'degraded') {
			await untilSshAnswers(name, address, deadline);
			return said === 'running' ? [] : failedUnits(container);
		}

		await sleep(100);
	}

	throw await failure(container, `host ${name} did not start within ${patience} s (systemd says "${said}")`);
}

const failedUnits = async (container: Container): Promise<readonly string[]> =>
	(await runInside(container, 'systemctl list-units --failed --plain --no-legend')).stdout
		.split('\n')
		.flatMap((line) => line.trim().split(' ')[0] || []);

async function failure(container: Container, summary: string): Promise<UserError> {
	const log = await container.logs({ stdout: true, stderr: true, tail: 10 });
	const journal = await runInside(container, 'journalctl -b -p warning -n 15 --no-pager').catch(
		() => undefined,
	);
	const text = `${log.toString()}${journal?.stdout ?? ''}`;
	return new UserError(`${summary}\n${text}`.trimEnd(), {
		hint: /inotify/.test(text)
			? 'the machine of the Docker engine lets too few files be watched for so many hosts: sudo sysctl -w fs.inotify.max_user_instances=8192 there'
			: `see more with: docker logs ${container.id.slice(0, 12)}; the engine must allow SYS_ADMIN and cgroups`,
	});
}

/**
 * Wait until something at the address says that it is an SSH server.
 * @throws UserError when the time is over.
 */
export async function untilSshAnswers(name: string, address: string, deadline: number): Promise<void> {
	while (!(await saysSsh(address))) {
		if (Date.now() > deadline) {
			throw new UserError(`host ${name} has started, and its sshd does not answer at ${address}:22`, {
				hint: 'the lab needs to reach the addresses of containers: run it on the machine (or virtual machine) of the Docker engine',
			});
		}

		await sleep(50);
	}
}

const saysSsh = (address: string): Promise<boolean> =>
	new Promise((resolve) => {
		const socket = connect({ host: address, port: 22, timeout: 2000 });
		const end = (answer: boolean) => {
			socket.destroy();
			resolve(answer);
		};
		socket.once('data', (data) => end(data.toString().startsWith('SSH-')));
		socket.once('error', () => end(false));
		socket.once('timeout', () => end(false));
		socket.once('close', () => end(false));
	});
