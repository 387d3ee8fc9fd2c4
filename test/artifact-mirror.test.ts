import { join } from 'node:path';
import test from 'ava';
import { hostsOf, rolesOf, type Site, varsOf } from '../src/bundle/role.ts';
import { wantedBy } from '../src/bundle/wanted.ts';
import { Diagnostics } from '../src/diagnostics.ts';
import { UserError } from '../src/errors.ts';
import { loadInventory } from '../src/inventory/load.ts';
import { variableFiles } from '../src/playbook/search.ts';
import { isMap } from '../src/vars/kinds.ts';
import { readYaml } from '../src/yaml/read.ts';

const root = join(import.meta.dirname, '..');
const mirror = 'http://mirror.example.org:8080/g2pbook';

/** The site of `inventories/prod` with these values. */
async function siteWith(extraVars: Readonly<Record<string, unknown>>): Promise<Site> {
	const problems = new Diagnostics();
	const inventory = await loadInventory([join(root, 'inventories/prod')], { cwd: root, problems });
	return { inventory, extraVars, roleFolders: [join(root, 'roles')], read: new Map() };
}

/** Every text in a value. */
const texts = (value: unknown): readonly string[] =>
	typeof value === 'string'
		? [value]
		: isMap(value) || Array.isArray(value)
			? Object.values(value).flatMap(texts)
			: [];

const facts = {
	arch: 'x86_64',
	date: '2026-10-01T00:00:00Z',
	memory_mb: 8000,
	os: { family: 'debian', id: 'debian', version: '12', codename: 'bookworm' },
};

/** Addresses in all that the defaults and vars of a role come to on a host, by the name of the variable. */
function addresses(role: string, site: Site): ReadonlyMap<string, ReadonlySet<string>> {
	const found = new Map<string, Set<string>>();
	const names = (['role defaults', 'role vars'] as const)
		.flatMap((kind) => variableFiles(join(root, 'roles', role), kind))
		.flatMap((file) => {
			const values = readYaml(file, new Diagnostics());
			return isMap(values) ? Object.keys(values) : [];
		});
	for (const host of hostsOf(role, site)) {
		const vars = varsOf(role, host, { site, facts });
		for (const name of names) {
			for (const text of known(() => texts(vars.get(name)))) {
				for (const [address] of text.matchAll(/(?:https?|oci):\/\/[^\s'"]+/g)) {
					found.set(name, (found.get(name) ?? new Set()).add(address));
				}
			}
		}
	}

	return found;
}

/** What only a run can know is of no interest here. */
function known(compute: () => readonly string[]): readonly string[] {
	try {
		return compute();
	} catch (error) {
		if (error instanceof UserError) {
			return [];
		}

		throw error;
	}
}

/** Data about the world, and names of the site itself. Nothing of it is asked by a run of the roles as they ship. */
const notAsked: readonly RegExp[] = [
	/^versions_table$/,
	// An authority is asked when certs_source says so, and may be one of the site.
	/^certs_acme_directory$/,
	// Rancher's own name.
	/^rancher__(url|settings|setting_objects)$/,
	/^monitoring_(url|_values)$/,
	// A host asks itself, by the name that its own proxy serves.
	/^vip__(known|check_\w+)$/,
];
/** On the host itself, or in the cluster. */
const near = /^http:\/\/(127\.0\.0\.1|[a-z.-]+\.svc\.cluster\.local):/;

test('with a mirror roles ask nobody else, and for nothing that a bundle does not have', async (t) => {
	const site = await siteWith({
		artifact_mirror: `${mirror}/`,
		commons_env_environments: [{ name: 'pilot', domain: 'pilot.example.org' }],
		postgres_native_version: '17',
	});
	const paths = new Set(wantedBy(site, ['amd64']).map(({ path }) => path));
	const asked = new Set<string>();
	const names = new Set<string>();
	for (const role of rolesOf(site)) {
		for (const [name, all] of addresses(role, site)) {
			const far = [...all].filter((address) => !near.test(address));
			for (const address of notAsked.some((pattern) => pattern.test(name)) ? [] : far) {
				// A variable that is only for the mirror may be nothing but its address.
				t.true(`${address}/`.startsWith(`${mirror}/`), `${role}: ${name} leads to ${address}`);
				asked.add(address);
				names.add(name);
			}
		}
	}

	// Whatever of these is the address of a file, is one that a bundle has.
	const files = [...asked].map((address) => decodeURIComponent(address.slice(mirror.length + 1)));
	const wanted = files.filter((path) => /\.(tgz|gz|zst|txt)$/.test(path));
	t.deepEqual(
		wanted.filter((path) => !path.includes('NAME') && !paths.has(path)),
		[],
	);
	for (const name of [
		'rke2_server__addresses',
		'nfs_csi_chart',
		'istio__charts',
		'rancher_source',
		'commons_env_base_chart',
		'helm_source',
		'monitoring_chart',
		'logging_loki_chart',
	]) {
		t.true(names.has(name), `${name} was looked at`);
	}

	// And what the scripts put together of them.
	for (const path of [
		'helm/helm-v3.20.2-linux-amd64.tar.gz',
		'rancher/rancher-2.15.1.tgz',
		'rke2/v1.35.8+rke2r1/rke2-images-core.linux-amd64.tar.zst',
	]) {
		t.true(paths.has(path), path);
	}
});

test('a source that is given wins, and without a mirror it is the world', async (t) => {
	const given = await siteWith({ artifact_mirror: mirror, istio_source: 'https://charts.example.org' });
	const [server] = hostsOf('istio', given);
	const vars = (site: Site) => (server === undefined ? undefined : varsOf('istio', server, { site, facts }));
	t.is(vars(given)?.get('istio_source'), 'https://charts.example.org');
	const world = await siteWith({});
	t.is(vars(world)?.get('istio_source'), 'oci://ghcr.io/istio/release/charts');
	const paths = (site: Site) => wantedBy(site, ['amd64']).map(({ path, address }) => `${path} ${address}`);
	t.true(paths(given).includes('istio/base-1.31.1.tgz https://charts.example.org/base-1.31.1.tgz'));
	// A registry has no files.
	t.true(paths(world).some((line) => /^istio\/base-1\.31\.1\.tgz https:\/\/istio-release\./.test(line)));
	t.false(
		paths(world).some((line) => line.startsWith('commons/')),
		'there is no environment',
	);
});
