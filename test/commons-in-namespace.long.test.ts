import test from 'ava';
import { startEstate } from '../roles/commons-env/tests/estate.ts';
import { pilot } from '../roles/commons-env/tests/life.ts';
import { metadata } from '../roles/commons-env/tests/looks.ts';
import { quiet } from './fixtures/containers/role-test.ts';

// The way out of an environment that has its databases in its namespace. The way in: sandbox.container.test.ts.
test('an environment with the databases in its namespace', async (t) => {
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
