import { randomInt } from 'node:crypto';
import test from 'ava';
import { installation } from './kills/platform.ts';

// First installations of the platform (istio, Rancher, an environment) on one host: the controller, the API server or the whole
// host is killed, again and again, until KILLS_ROUNDS strikes (20) were made. KILLS_SEED repeats the installations of an earlier
// run, from that seed on.
const first = Number(process.env.KILLS_SEED ?? randomInt(1_000_000));
const rounds = Number(process.env.KILLS_ROUNDS ?? 20);

test(`a platform that is struck ${rounds} times while it is installed, from seed ${first} on`, async (t) => {
	t.timeout(4 * 60 * 60_000);
	let made = 0;
	for (let seed = first; made < rounds; seed++) {
		made += await installation(t, seed, Math.min(8, rounds - made));
	}
});
