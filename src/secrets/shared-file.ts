import { type FileHandle, open, readFile, rename, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BadInput } from '../errors.ts';

/** Milliseconds. Writers hold the lock for some tens of them; an editor for as long as a person needs. */
const patience = 10_000;
const pause = 50;

/** Replace a file so that whoever reads it sees all of the old or all of the new; only the owner can read it. */
export async function replaceFile(path: string, text: string): Promise<void> {
	const temporary = `${path}.${process.pid}.new`;
	try {
		await writeThrough(await open(temporary, 'w', 0o600), text);
		await rename(temporary, path);
	} catch (error) {
		await rm(temporary, { force: true });
		throw error;
	}

	// The new name is on disk only when the folder is.
	const folder = await open(dirname(path), 'r');
	await folder.sync().finally(() => folder.close());
}

async function writeThrough(file: FileHandle, text: string): Promise<void> {
	try {
		await file.writeFile(text);
		await file.sync();
	} finally {
		await file.close();
	}
}

/**
 * Do something while no other process does the same to this file. A lock whose process has ended is taken over.
 * @throws BadInput that names the holder when it takes too long
 */
export async function withLock<T>(path: string, action: () => Promise<T>): Promise<T> {
	const lock = `${path}.lock`;
	await acquire(lock, Date.now() + patience);
	try {
		return await action();
	} finally {
		await rm(lock, { force: true });
	}
}

async function acquire(lock: string, deadline: number): Promise<void> {
	while (!(await create(lock))) {
		const holder = (await readFile(lock, 'utf8').catch(() => '')).trim();
		if (await isAbandoned(holder)) {
			await rm(lock, { force: true });
			continue;
		}

		if (Date.now() > deadline) {
			throw new BadInput(`${lock} is held by ${holder === '' ? 'another process' : `process ${holder}`}`, {
				hint: 'wait until it is done; if it has crashed on another machine, remove the file',
			});
		}

		await sleep(pause);
	}
}

async function create(lock: string): Promise<boolean> {
	try {
		await writeThrough(await open(lock, 'wx', 0o600), `${process.pid} on ${hostname()}\n`);
		return true;
	} catch (error) {
		if (error instanceof Error && 'code' in error && error.code === 'EEXIST') {
			return false;
		}

		throw new BadInput(`cannot write in ${join(dirname(lock), '/')}: ${String(error)}`);
	}
}

/** Only of a process on this machine can it be known that it has ended. */
async function isAbandoned(holder: string): Promise<boolean> {
	const [, id, machine] = /^(\d+) on (.+)$/.exec(holder) ?? [];
	if (id === undefined || machine !== hostname()) {
		return false;
	}

	try {
		process.kill(Number(id), 0);
		return false;
	} catch (error) {
		return error instanceof Error && 'code' in error && error.code === 'ESRCH';
	}
}
