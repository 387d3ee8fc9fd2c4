import { randomInt } from 'node:crypto';
import test from 'ava';
import pLimit from 'p-limit';
import { round, undisturbed } from './storm/storm.ts';

// First installations that are struck while changes are under way: `npm run test:storm`. STORM_SEED repeats the rounds of
// an earlier one, from that seed on, or exactly those of a list (`STORM_SEED=7,12`); STORM_ROUNDS makes more or fewer.
const [first = randomInt(1_000_000), ...others] = process.env.STORM_SEED?.split(',').map(Number) ?? [];
const rounds = Number(process.env.STORM_ROUNDS ?? 40);
const seeds =
	others.length > 0 ? [first, ...others] : Array.from({ length: rounds }, (_, index) => first + index);
/** Two side by side: half of the time a round waits. */
const limit = pLimit(2);
// As many at once: moments are parts of the time that one takes.
const expected = Promise.all([undisturbed(), undisturbed()]);

for (const seed of seeds) {
	test(`a first installation that is struck, seed ${seed}`, async (t) => {
		// Most of it waits for its turn.
		t.timeout(6 * 60 * 60_000);
		await limit(async () => {
			const [whole] = await expected;
			await round(t, seed, whole);
		});
	});
}
