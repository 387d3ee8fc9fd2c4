import test from 'ava';
import { begin, image } from './begin.ts';
import { mishaps } from './mishaps.ts';
import { comesBack } from './restores.ts';

// Apart from the role's life, which takes minutes. Power cuts in the middle: backup-kills.long.test.ts.
test(`backup-node: what was lost comes back, and what goes wrong is told, on ${image}`, async (t) => {
	const { lab, again } = await begin(t);
	await comesBack(t, lab);
	await mishaps(t, lab, again);
});
