import { randomInt } from 'node:crypto';
import test from 'ava';
import { round, undisturbed } from './storm/storm.ts';

// First installations that are struck while changes are under way: `npm run test:storm`. STORM_SEED repeats the rounds of an earlier one, STORM_ROUNDS makes more or fewer.
const first = Number(process.env.STORM_SEED ?? randomInt(1_000_000));
const rounds = Number(process.env.STORM_ROUNDS ?? 40);
const expected = undisturbed();

for (let seed = first; seed < first + rounds; seed++) {
	test.serial(`a first installation that is struck, seed ${seed}`, async (t) => {
		t.timeout(30 * 60_000);
		await round(t, seed, await expected);
	});
}
