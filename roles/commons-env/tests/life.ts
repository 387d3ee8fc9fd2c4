import type { ExecutionContext } from 'ava';
import { g2pbook } from '../../../test/fixtures/containers/command-line.ts';
import { quiet } from '../../../test/fixtures/containers/role-test.ts';
import { hidden } from './edits.ts';
import { belongings, type Environment, type Estate } from './estate.ts';
import { reaches, secret, serves } from './looks.ts';

export const pilot: Environment = { name: 'pilot', domain: 'pilot.openg2p.example' };
export const moved: Environment = { name: 'pilot', domain: 'first.openg2p.example' };
export const qa: Environment = {
	name: 'qa',
	domain: 'qa.openg2p.example',
	public: true,
	admin_email: 'staff@example.org',
	quota: { pods: '60' },
	databases: ['registry'],
};

/** The jobs of a release that fails are named with their reason, and done anew by the run that mends it. */
export async function failingJob(t: ExecutionContext, { declare, only, on }: Estate): Promise<void> {
	await declare([{ ...pilot, services_values: { schemaInit: { state: 'Failed' } } }, qa], {
		commons_env_release_seconds: 30,
	});
	const { code, stdout } = await only('a job that fails');
	t.is(code, 2);
	t.regex(
		stdout,
		/commons-services-esignet-schema-init[\s\S]*Job commons-services-esignet-schema-init: Failed/,
	);
	t.regex(await on('helm list --namespace pilot --failed'), /commons-services/);
}

/** Another domain: all that carries the old one is another, in one run. */
export async function anotherDomain(t: ExecutionContext, estate: Estate): Promise<void> {
	const { declare, whole, on, ask } = estate;
	const before = await belongings(estate, 'qa');
	await declare([moved, qa]);
	const { code, stdout } = await whole('another domain, and the job again');
	t.is(code, 0, stdout);
	await serves(t, estate, moved);
	t.is(await ask(`keycloak.${pilot.domain}`, '/'), '000', 'nobody answers for the old one');
	t.notRegex(
		await on(
			`kubectl --namespace pilot get gateways.networking.istio.io,virtualservices.networking.istio.io,deployments,statefulsets,jobs -o yaml; helm get values --namespace pilot commons; helm get values --namespace pilot commons-services`,
		),
		/pilot\.openg2p\.example/,
	);
	t.deepEqual(await belongings(estate, 'qa'), before, 'the other one is as it was');
	quiet(t, await estate.only('another domain, once more'), 'a second run must change nothing');
}

/** Another secret: what serves goes on to, with other passwords, and nobody sees one of them. */
export async function rotation(t: ExecutionContext, estate: Estate): Promise<void> {
	const { lab, only } = estate;
	const of = () => secret(estate, 'pilot', 'commons-keycloak', 'admin-password');
	const old = await of();
	t.is((await g2pbook(['secret', 'rotate', 'commons_env', '-i', lab.folder])).code, 0);
	const store = (await g2pbook(['secret', 'view', 'commons_env', '-i', lab.folder])).stdout.trim();
	const provisioner = (
		await g2pbook(['secret', 'view', 'postgres_provisioner', '-i', lab.folder])
	).stdout.trim();
	await hidden(t, lab, [old, store, provisioner], async () => {
		const result = await only('another secret');
		t.is(result.code, 0, result.stdout);
		return result;
	});
	t.not(await of(), old);
	await serves(t, estate, moved);
	t.true(await reaches(estate, 'pilot_iam', 'pilot_iam'));
	quiet(t, await only('another secret, once more'), 'a second run must change nothing');
}

/** One goes: the other does not notice, its databases stay until that is said, and it can come again. */
export async function removal(t: ExecutionContext, estate: Estate): Promise<void> {
	const { declare, whole, only, on, ask, psql } = estate;
	const databases = () => psql(`SELECT count(*) FROM pg_database WHERE datname LIKE 'qa\\\\_%'`);
	const before = await belongings(estate, 'pilot');
	await declare([moved, { ...qa, state: 'absent', confirm: 'qa' }]);
	const check = await only('check of a removal', '--check');
	t.is(check.code, 0, check.stdout);
	t.deepEqual(await belongings(estate, 'pilot'), before);
	const gone = await whole('one goes');
	t.is(gone.code, 0, gone.stdout);
	t.deepEqual(await belongings(estate, 'pilot'), before, 'the other one is as it was');
	t.is(
		await on(
			'kubectl get namespace qa --ignore-not-found; kubectl --namespace local get projects --no-headers | grep -c qa || true',
		),
		'0\n',
	);
	t.is(await ask(`keycloak.${qa.domain}`, '/'), '000');
	t.is(await databases(), '14\n', 'its databases stay');
	quiet(t, await only('one goes, once more'), 'removing again must change nothing');

	await declare([moved, qa]);
	const again = await whole('the same name again');
	t.is(again.code, 0, again.stdout);
	await serves(t, estate, qa);
	t.deepEqual(await belongings(estate, 'pilot'), before);

	await declare([moved, { ...qa, state: 'absent', purge: 'qa' }]);
	const purged = await only('it goes with its databases');
	t.is(purged.code, 0, purged.stdout);
	t.is(await databases(), '0\n');
	t.is(await psql(`SELECT count(*) FROM pg_roles WHERE rolname LIKE 'qa\\\\_%'`), '0\n');
	t.deepEqual(await belongings(estate, 'pilot'), before);
	quiet(t, await only('it goes with its databases, once more'), 'removing again must change nothing');
}
