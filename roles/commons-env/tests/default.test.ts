import test from 'ava';
import { announced, quiet } from '../../../test/fixtures/containers/role-test.ts';
import { byHand } from './edits.ts';
import { belongings, differences, everything, startEstate } from './estate.ts';
import { anotherDomain, failingJob, pilot, qa, removal, rotation } from './life.ts';
import { apart, regressed, serves } from './looks.ts';
import { refusals } from './refusals.ts';

test.serial('role commons-env on debian-12', async (t) => {
	t.timeout(25 * 60_000);
	const estate = await startEstate(t);
	const { declare, whole } = estate;
	await declare([]);
	t.is((await whole('the roles before')).code, 0);
	await declare([pilot]);
	const before = await everything(estate);
	const check = await whole('check of the first one', '--check');
	t.is(check.code, 0, check.stdout);
	t.deepEqual(differences(before, await everything(estate)), [], 'a check must change nothing');
	const first = await whole('the first one');
	t.is(first.code, 0, first.stdout);
	announced(t, check.effects, first.effects);
	quiet(t, await whole('once more'), 'a second run must change nothing');
	quiet(t, await whole('check again', '--check'), 'a check must announce nothing');
	await serves(t, estate, pilot);
	await regressed(t, estate);

	const pilots = await belongings(estate, 'pilot');
	await declare([pilot, qa]);
	const second = await whole('a second one');
	t.is(second.code, 0, second.stdout);
	t.deepEqual(await belongings(estate, 'pilot'), pilots, 'adding one touches only its own objects');
	await serves(t, estate, qa);
	await apart(t, estate);

	await refusals(t, estate, pilot);
	await declare([pilot, qa]);
	await byHand(t, estate);
	await failingJob(t, estate);
	await anotherDomain(t, estate);
	await rotation(t, estate);
	await removal(t, estate);
});
