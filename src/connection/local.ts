import { existsSync } from 'node:fs';
import { homedir, userInfo } from 'node:os';
import { execa } from 'execa';
import { processChannel } from './process-channel.ts';
import { promiseOf } from './promises.ts';
import type { Target } from './target.ts';
import type { Channel, Connection } from './types.ts';

/** The controller itself. Each channel is a process group of its own, so that Ctrl-C reaches only g2pbook. */
export function connectLocal(target: Pick<Target, 'name'>): Connection {
	const channels = new Set<Channel>();
	const closing = promiseOf<string>();
	return {
		address: `${userInfo().username}@${target.name} by local`,
		async open(line) {
			const child = execa('/bin/sh', ['-c', line], {
				stdin: 'pipe',
				stdout: 'pipe',
				stderr: 'pipe',
				buffer: false,
				reject: false,
				cwd: home(),
				detached: true,
				cleanup: false,
			});
			const channel = processChannel(child, () => {
				child.stdin.destroy();
				killGroup(child.pid);
			});
			channels.add(channel);
			void channel.closed.then(() => channels.delete(channel));
			return channel;
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

/** As sshd does it: who has no home is at the top. */
const home = (): string => (existsSync(homedir()) ? homedir() : '/');

function killGroup(pid: number | undefined): void {
	try {
		if (pid !== undefined) {
			process.kill(-pid, 'SIGTERM');
		}
	} catch {
		// It has ended already.
	}
}
