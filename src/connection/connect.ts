import { connectLocal } from './local.ts';
import type { Target } from './target.ts';
import type { Connection } from './types.ts';

export type { Target } from './target.ts';

/**
 * Opens a connection in the way that the target wants.
 * @throws Unreachable with what was tried, why it failed and what to do
 */
export async function connect(target: Target): Promise<Connection> {
	switch (target.connection) {
		case 'local':
			return connectLocal(target);
		// Loaded when needed: a run rarely has more than one of them.
		case 'ssh':
			return (await import('./ssh.ts')).connectSsh(target);
		case 'openssh':
			return (await import('./openssh.ts')).connectOpenssh(target);
		case 'docker':
			return (await import('./docker.ts')).connectDocker(target);
	}
}
