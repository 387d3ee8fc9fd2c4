import type { FileStatus } from '../../module/host-state.ts';
import { ReadFailed } from '../../module/impossible.ts';

/**
 * What a read of a file's content or hash gives, when the path may lead to a folder, which has none. Asked for
 * together with the status, so that both travel in one round trip.
 */
export async function ofPlainFile<A>(
	status: Promise<FileStatus | undefined>,
	read: Promise<A | undefined>,
): Promise<A | undefined> {
	const [found, answer] = await Promise.all([
		status,
		read.catch((error: unknown) => {
			if (error instanceof ReadFailed) {
				return error;
			}

			throw error;
		}),
	]);
	if (!(answer instanceof ReadFailed)) {
		return answer;
	}

	if (found === undefined || found.type === 'file') {
		throw answer;
	}

	return undefined;
}
