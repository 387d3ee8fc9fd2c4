// Where a dockerd that is started by hand keeps its data. No dependencies.
import {
	closeSync,
	existsSync,
	mkdirSync,
	openSync,
	readdirSync,
	readFileSync,
	rmSync,
	statfsSync,
} from 'node:fs';
import { basename, dirname } from 'node:path';
import { capture } from './apt.mjs';

const folder = '/var/lib/docker';
const image = `${folder}.ext4`;

/**
 * Give the folder a file system of its own, in a file, where the one below has no journal. Such an ext4 passes over
 * inodes that were freed in the last half minute, one by one, whenever a file is made (`recently_deleted` in its
 * sources): with hosts that come and go, installing packages took half as much processor time again. A folder that
 * has something in it stays as it is; so does one for which this cannot be done, since it only saves time.
 */
export function giveDockerFolder(tell) {
	mkdirSync(folder, { recursive: true });
	if (readdirSync(folder).length > 0 || !withoutJournal()) {
		return;
	}

	const reason =
		(existsSync(image) ? undefined : make()) ?? run('mount', '-o', 'loop,discard', image, folder);
	if (reason !== undefined) {
		tell(`${folder} stays on a file system without a journal, which is slow: ${reason}`);
	}
}

function withoutJournal() {
	const { stdout } = capture('findmnt', '-no', 'SOURCE,FSTYPE', '--target', folder);
	const [device = '', type] = (stdout ?? '').trim().split(/\s+/);
	const journal = `/sys/fs/ext4/${basename(device)}/journal_task`;
	return type === 'ext4' && existsSync(journal) && readFileSync(journal, 'utf8').trim() === '<none>';
}

/** Half of what is free; only what is written takes space. @returns why it could not be made, if it could not. */
function make() {
	const { bavail, bsize } = statfsSync(dirname(image));
	// What hosts hold is nobody else's to read.
	closeSync(openSync(image, 'a', 0o600));
	const reason =
		run('truncate', '--size', String(Math.floor((bavail * bsize) / 2)), image) ??
		run('mkfs.ext4', '-q', '-F', image);
	if (reason !== undefined) {
		rmSync(image);
	}

	return reason;
}

/** @returns what a program said when it failed. */
function run(program, ...words) {
	const { status, stderr, error } = capture(program, ...words);
	return status === 0 ? undefined : `${program}: ${error?.message ?? stderr.trim()}`;
}
