import { randomInt } from 'node:crypto';
import test from 'ava';
import { round, undisturbed } from './storm/storm.ts';

// First installations that are struck while changes are under way: `npm run test:storm`. STORM_SEED repeats the rounds of
// an earlier one, from that seed on, or exactly those of a list (`STORM_SEED=7,12`); STORM_ROUNDS makes more or fewer.
const [first = randomInt(1_000_000), ...others] = process.env.STORM_SEED?.split(',').map(Number) ?? [];
const rounds = Number(process.env.STORM_ROUNDS ?? 40);
const seeds =
	others.length > 0 ? [first, ...others] : Array.from({ length: rounds }, (_, index) => first + index);
const expected = undisturbed();

for (const seed of seeds) {
	test.serial(`a first installation that is struck, seed ${seed}`, async (t) => {
		t.timeout(30 * 60_000);
		await round(t, seed, await expected);
	});
}
