import { PassThrough } from 'node:stream';
import Docker from 'dockerode';
import { Unreachable } from '../errors.ts';
import { pause, promiseOf } from './promises.ts';
import type { Target } from './target.ts';
import type { Channel, Connection } from './types.ts';

/**
 * A container that runs, by the engine that `DOCKER_HOST` (or the usual socket) leads to.
 * @throws Unreachable
 */
export async function connectDocker(target: Target): Promise<Connection> {
	const docker = new Docker();
	const container = docker.getContainer(target.host);
	const running = async (): Promise<boolean> => (await container.inspect()).State.Running;
	try {
		if (!(await running())) {
			throw new Unreachable(`the container ${target.host} is not running`, {
				hint: `docker start ${target.host}`,
			});
		}
	} catch (error) {
		throw explain(target, error);
	}

	const closing = promiseOf<string>();
	const channels = new Set<Channel>();
	/** A container that is killed takes a moment until the engine says so, on a busy machine some seconds. */
	const lookAfter = async (code: number | undefined): Promise<void> => {
		for (let attempt = 0; attempt < 25 && (code === undefined || code > 128); attempt++) {
			if (!(await running().catch(() => false))) {
				closing.resolve('the container has stopped');
				return;
			}

			await pause(0.2);
		}
	};

	return {
		address: `${target.user ?? 'root'}@${target.host} by docker`,
		async open(line) {
			try {
				const exec = await container.exec({
					Cmd: ['/bin/sh', '-c', line],
					AttachStdin: true,
					AttachStdout: true,
					AttachStderr: true,
					...(target.user === undefined ? {} : { User: target.user }),
				});
				const stream = await exec.start({ hijack: true, stdin: true });
				const stdout = new PassThrough();
				const stderr = new PassThrough();
				docker.modem.demuxStream(stream, stdout, stderr);
				stream.on('error', () => {});
				const ended = new Promise<void>((resolve) => {
					stream.once('close', resolve);
					stream.once('end', resolve);
				});
				let givenUp = false;
				const channel: Channel = {
					stdin: stream,
					stdout,
					stderr,
					closed: ended.then(async () => {
						stdout.end();
						stderr.end();
						channels.delete(channel);
						const code = await exec.inspect().then(
							({ ExitCode }) => ExitCode ?? undefined,
							() => undefined,
						);
						// Before the channel ends: whose program was killed is told by what became of its container.
						if (!givenUp) {
							await lookAfter(code);
						}

						return { code, reason: code === undefined ? 'the engine closed it' : undefined };
					}),
					destroy() {
						givenUp = true;
						stream.destroy();
					},
				};
				channels.add(channel);
				return channel;
			} catch (error) {
				throw explain(target, error);
			}
		},
		closed: closing.promise,
		async close() {
			for (const channel of channels) {
				channel.destroy();
			}

			closing.resolve('it was closed');
		},
	};
}

function explain({ name, host }: Target, error: unknown): Unreachable {
	if (error instanceof Unreachable) {
		return error;
	}

	const text = error instanceof Error ? error.message : String(error);
	if (/no such container/i.test(text)) {
		return new Unreachable(`${name}: there is no container ${host}`, {
			hint: 'docker ps -a lists what there is',
		});
	}

	if (/ENOENT|ECONNREFUSED|EACCES/.test(text)) {
		return new Unreachable(`${name}: the Docker engine cannot be reached: ${text}`, {
			hint: 'is it started, may this user use it, and is DOCKER_HOST right?',
		});
	}

	return new Unreachable(`${name}: ${text}`, { cause: error });
}
