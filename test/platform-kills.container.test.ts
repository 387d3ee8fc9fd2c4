import { randomInt } from 'node:crypto';
import test from 'ava';
import { installation } from './kills/platform.ts';

// The short form of platform-kills.long.test.ts. KILLS_SEED repeats an earlier one.
const first = Number(process.env.KILLS_SEED ?? randomInt(1_000_000));

test(`a platform that is struck twice while it is installed, from seed ${first} on`, async (t) => {
	t.timeout(30 * 60_000);
	let made = 0;
	for (let seed = first; made === 0; seed++) {
		made = await installation(t, seed, 2);
	}
});
