import test from 'ava';
import { begin, image } from '../roles/backup-node/tests/begin.ts';
import { kills } from '../roles/backup-node/tests/kills.ts';
import { rotation } from '../roles/backup-node/tests/rotation.ts';

test(`power cuts in the middle of copies of files and of their way back, and another passphrase, on ${image}`, async (t) => {
	const { lab, again } = await begin(t);
	await kills(t, lab);
	await rotation(t, lab, again);
});
