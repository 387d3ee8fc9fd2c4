import Docker from 'dockerode';
import { UserError } from '../errors.ts';

/**
 * The Docker engine of this machine, or the one that DOCKER_HOST names, after it has answered once.
 * @throws UserError that says why it does not answer and what to do.
 */
export async function openDocker(): Promise<Docker> {
	const docker = new Docker();
	try {
		await docker.ping();
	} catch (cause) {
		throw new UserError(`the Docker engine does not answer: ${messageOf(cause)}`, {
			hint: remedy(codeOf(cause)),
			cause,
		});
	}

	return docker;
}

function remedy(code: string | undefined): string {
	if (code === 'EACCES') {
		return 'this user may not talk to it: sudo usermod -aG docker "$USER", then log in again';
	}

	return process.env.DOCKER_HOST === undefined
		? 'install and start one: sudo apt-get install docker.io && sudo systemctl start docker; in a clone of g2pbook, node scripts/docker-engine.mjs does that'
		: `start the engine at DOCKER_HOST=${process.env.DOCKER_HOST}, or unset DOCKER_HOST to use this machine's`;
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const codeOf = (error: unknown): string | undefined =>
	error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;

/** The HTTP status that the engine answered an unsuccessful request with: 404 no such thing, 409 conflict. */
export const statusOf = (error: unknown): number | undefined =>
	error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number'
		? error.statusCode
		: undefined;

/** What `promise` gives, or undefined when the engine says that there is no such thing. */
export async function ifThere<T>(promise: Promise<T>): Promise<T | undefined> {
	try {
		return await promise;
	} catch (error) {
		if (statusOf(error) === 404) {
			return undefined;
		}

		throw error;
	}
}
