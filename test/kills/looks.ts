import type { ExecutionContext } from 'ava';
import { type Estate, host } from '../../roles/commons-env/tests/estate.ts';
import { reaches, serves } from '../../roles/commons-env/tests/looks.ts';
import { login, secret } from '../../roles/rancher/tests/rancher.ts';
import { leftovers } from '../chaos/hosts.ts';
import { g2pbook } from '../fixtures/containers/command-line.ts';
import type { TestLab } from '../fixtures/containers/lab.ts';
import { pilot } from '../fixtures/containers/site.ts';

/** Every secret of the store, by its name. */
export async function secretsOf(lab: TestLab): Promise<ReadonlyMap<string, string>> {
	const { stdout } = await g2pbook(['secret', 'view', '-i', lab.folder]);
	const names = stdout.split('\n').filter((line) => line !== '');
	return new Map(
		await Promise.all(names.map(async (name): Promise<[string, string]> => [name, await secret(lab, name)])),
	);
}

/** Files in places where things are put for a moment. */
export const passing = async (lab: TestLab): Promise<readonly string[]> =>
	(
		await lab.output(
			host,
			`find /tmp /var/tmp /dev/shm /root /home /run/lock /run -xdev -mindepth 1 -maxdepth 1 ! -name 'systemd*' ! -name 'PostgreSQL.*' -print | sort -u; ls -A /root/.cache /root/.config /root/.local 2>/dev/null; true`,
		)
	)
		.split('\n')
		.filter((line) => line !== '');

/** The releases that a platform with one environment is made of. */
const releases = [
	'commons',
	'commons-services',
	'csi-driver-nfs',
	'istio-base',
	'istio-ingressgateway',
	'istiod',
	'rancher',
];

type Release = { readonly name: string; readonly status: string; readonly revision: string };

/**
 * Each release once, whole, and of no more revisions than there were runs.
 * @returns them with their revisions, for people
 */
export async function releasesOnce(t: ExecutionContext, { on }: Estate, runs: number): Promise<string> {
	const all = JSON.parse(await on('helm list --all-namespaces --all --max 0 --output json')) as Release[];
	t.deepEqual(
		all.map(({ name, status }) => `${name} ${status}`).sort(),
		releases.map((name) => `${name} deployed`),
	);
	const kept = (
		await on(
			`kubectl get secrets --all-namespaces --selector owner=helm --no-headers --output 'custom-columns=N:.metadata.labels.name,S:.metadata.labels.status'`,
		)
	)
		.split('\n')
		.map((line) => line.split(/ +/).join(' '));
	for (const name of releases) {
		t.is(kept.filter((line) => line === `${name} deployed`).length, 1, `${name}: ${kept.join(', ')}`);
	}

	t.deepEqual(
		kept.filter((line) => /pending|uninstall/.test(line)),
		[],
	);
	t.true(all.every(({ revision }) => Number(revision) <= runs));
	return all.map(({ name, revision }) => `${name} ${revision}`).join(', ');
}

/** What is asked by those who work with the platform: every password lets in who has it. */
export async function letsIn(t: ExecutionContext, estate: Estate): Promise<void> {
	t.is(await login(estate.lab, await secret(estate.lab, 'rancher_password')), 201, 'Rancher');
	t.is(await login(estate.lab, await secret(estate.lab, 'rancher_bootstrap_password')), 401);
	await serves(t, estate, pilot);
	const databases = (
		await estate.psql(`SELECT datname FROM pg_database WHERE datname LIKE '${pilot.name}\\\\_%' ORDER BY 1`)
	)
		.split('\n')
		.filter((line) => line !== '');
	t.is(databases.length, 13);
	for (const database of databases) {
		t.true(await reaches(estate, database, database), database);
	}
}

/** Nothing of a run has outlived it. @param before what the places for passing things held */
export async function leavesNothing(
	t: ExecutionContext,
	{ lab }: Estate,
	before: readonly string[],
): Promise<void> {
	const [up] = lab.hosts;
	t.deepEqual(up && (await leftovers(up)), []);
	t.deepEqual(
		(await passing(lab)).filter((line) => !before.includes(line)),
		[],
	);
	t.is((await lab.run(host, 'ls -d /run/lock/g2pbook* /tmp/g2pbook*')).stdout, '');
	t.is((await lab.run(host, 'pgrep -ax "helm|kubectl"')).stdout, '', 'nothing of them runs on');
}
