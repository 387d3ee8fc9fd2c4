import test from 'ava';
import { begin, image } from './begin.ts';
import { kills } from './kills.ts';
import { mishaps } from './mishaps.ts';
import { comesBack } from './restores.ts';
import { rotation } from './rotation.ts';

// Apart from the role's life: each half takes minutes.

test(`backup-node: what was lost comes back, and what goes wrong is told, on ${image}`, async (t) => {
	const { lab, again } = await begin(t);
	await comesBack(t, lab);
	await mishaps(t, lab, again);
});

test(`backup-node: kills in the middle, and another passphrase, on ${image}`, async (t) => {
	const { lab, again } = await begin(t);
	await kills(t, lab);
	await rotation(t, lab, again);
});
