import test from 'ava';
import { announced, quiet } from '../../../test/fixtures/containers/role-test.ts';
import { byHand } from './edits.ts';
import { belongings, differences, everything, startEstate } from './estate.ts';
import { anotherDomain, failingJob, pilot, qa, removal, rotation } from './life.ts';
import { apart, metadata, regressed, serves } from './looks.ts';
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

test.serial('role commons-env, with the databases in the namespace', async (t) => {
	t.timeout(10 * 60_000);
	const estate = await startEstate(t);
	const { declare, whole, only, on } = estate;
	const more = { commons_env_postgres: 'namespace' };
	await declare([pilot], more);
	const { code, stdout } = await whole('in the namespace');
	t.is(code, 0, stdout);
	t.regex(await on('kubectl --namespace pilot get statefulset commons-postgresql'), /1\/1/);
	t.regex(await estate.ask(`keycloak.${pilot.domain}`, metadata), /200$/);
	quiet(t, await only('once more'), 'a second run must change nothing');
	await declare([{ ...pilot, state: 'absent', confirm: 'pilot' }], more);
	const refused = await only('a removal that would take its databases');
	t.is(refused.code, 2);
	t.regex(refused.stdout, /the databases of pilot are in its namespace, and go with it: type `purge: pilot`/);
	await declare([{ ...pilot, state: 'absent', purge: 'pilot' }], more);
	t.is((await only('it goes')).code, 0);
	t.is(await on('kubectl get namespace pilot --ignore-not-found'), '');
});
