import { readFile, writeFile } from 'node:fs/promises';
import { release } from 'node:os';
import { join } from 'node:path';

/** systemd of every container watches files, and all containers share what one user of the machine may watch. */
const wanted: Readonly<Record<string, number>> = { max_user_instances: 8192, max_user_watches: 524_288 };

/**
 * Let the machine of the Docker engine watch as much as many hosts need, until its next start; where this process may
 * not, say what an administrator has to do: the host that gets no more stops with words about something else.
 * @param kernel what the engine says of its kernel: of an engine on another machine nothing is known here
 */
export async function raiseInotify(
	kernel: string,
	tell: (line: string) => void,
	folder = '/proc/sys/fs/inotify',
): Promise<void> {
	if (kernel !== release()) {
		return;
	}

	for (const [name, value] of Object.entries(wanted)) {
		const file = join(folder, name);
		const present = Number(await readFile(file, 'utf8').catch(() => Number.NaN));
		if (!(present < value)) {
			continue;
		}

		const key = `fs.inotify.${name}`;
		try {
			await writeFile(file, `${value}\n`);
			tell(
				`${key} of this machine was ${present}, too little for many hosts; now ${value}, until its next start`,
			);
		} catch {
			tell(
				`${key} of this machine is ${present}, too little for many hosts. Raise it: sudo sysctl -w ${key}=${value}`,
			);
		}
	}
}
