import test from 'ava';
import { keeper, storage } from '../roles/backup-node/tests/lab.ts';
import { cutInBackup, cutInRestore, drilled, large } from '../roles/backup-node/tests/postgres-kills.ts';
import { converge, hosts, prepare, verify } from '../roles/backup-node/tests/postgres-lab.ts';
import { mishaps } from '../roles/backup-node/tests/postgres-mishaps.ts';
import { rotation } from '../roles/backup-node/tests/postgres-rotation.ts';
import { startLab, type TestLab } from './fixtures/containers/lab.ts';

// What can go wrong with backups of a database. A power cut of either host in the middle of a backup or of a restore, a disk that is
// full, a host that does not answer: it is told, what was kept before stays, and the next run is well.

let lab: TestLab;

test.serial.before('a cluster that takes a while to copy', async (t) => {
	t.timeout(10 * 60_000);
	lab = await startLab(undefined, hosts);
	await prepare(lab);
	const first = await converge(lab);
	t.is(first.code, 0, first.stdout + first.stderr);
	await large(lab);
	await verify(t, lab);
});

test.serial('mishaps that end by themselves, or by their limit', async (t) => {
	t.timeout(10 * 60_000);
	await mishaps(t, lab);
	await drilled(t, lab);
});

for (const host of [storage, keeper]) {
	test.serial(`a power cut of ${host} in the middle of a backup`, async (t) => {
		t.timeout(10 * 60_000);
		await cutInBackup(t, lab, host);
	});

	test.serial(`a power cut of ${host} in the middle of a restore`, async (t) => {
		t.timeout(10 * 60_000);
		await cutInRestore(t, lab, host);
	});
}

// The last: the first repository is gone after it.
test.serial('another passphrase, by a second repository', async (t) => {
	t.timeout(15 * 60_000);
	await rotation(t, lab);
});
