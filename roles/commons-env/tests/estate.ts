import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import type { ExecutionContext } from 'ava';
import { g2pbook, type PlayedRun, play } from '../../../test/fixtures/containers/command-line.ts';
import { differences, fingerprint } from '../../../test/fixtures/containers/fingerprint.ts';
import { startLab, type TestLab } from '../../../test/fixtures/containers/lab.ts';
import { fingerprint as clusterFingerprint } from '../../../test/fixtures/kube/fingerprint.ts';
import { startResponders } from '../../../test/fixtures/kube/responders.ts';
import { startServerOn } from '../../../test/fixtures/kube/server.ts';

/** Proxy, database host and only server of the cluster: what an environment needs, and no more. */
export const host = 'one1';

export type Environment = Readonly<Record<string, unknown>> & {
	readonly name: string;
	readonly domain: string;
};

export type Estate = {
	readonly lab: TestLab;
	/** Say which environments there are, with other variables. */
	declare(environments: readonly Environment[], more?: Readonly<Record<string, unknown>>): Promise<void>;
	/** Play all roles that have a part in an environment. */
	whole(name: string, ...words: readonly string[]): Promise<PlayedRun>;
	/** Play the role by itself. */
	only(name: string, ...words: readonly string[]): Promise<PlayedRun>;
	/** Standard output of kubectl and whatever follows, with `kubectl` and `helm` at hand. */
	on(line: string): Promise<string>;
	/** What PostgreSQL says to its superuser, by the socket. */
	psql(statement: string): Promise<string>;
	/** Status of a request through the proxy, from a host of the private channel. */
	ask(name: string, path?: string, words?: string): Promise<string>;
};

const fileOf = (name: string): string => readFileSync(new URL(name, import.meta.url), 'utf8');
const environment =
	'export KUBECONFIG=/etc/rancher/rke2/rke2.yaml KUBECACHEDIR=/tmp/kubectl PATH=$PATH:/var/lib/rancher/rke2/bin';

/** A cluster, a database host and a proxy as the roles before this one leave them, without an environment. */
export async function startEstate(t: ExecutionContext): Promise<Estate> {
	const lab = await startLab(
		t,
		[{ name: host, groups: ['reverse_proxy', 'rke2_servers', 'storage'] }],
		'debian-12',
	);
	const mirror = await startServerOn(lab, host);
	await startResponders(lab, host, 'gateway', 'keycloak');
	const estate = estateOn(t, lab, mirror.variables);
	for (const kinds of ['kinds.yml', 'rancher.yml']) {
		await estate.on(`kubectl apply -f - <<'END'\n${fileOf(kinds)}\nEND`);
	}

	await g2pbook(['secret', 'init', '-i', lab.folder]);
	await mkdir(`${lab.folder}/host_vars`, { recursive: true });
	return estate;
}

/** What there is to do with one. @param variables those of the mirror */
export function estateOn(
	t: Pick<ExecutionContext, 'log'>,
	lab: TestLab,
	variables: Readonly<Record<string, unknown>>,
): Estate {
	const on = (line: string) => lab.output(host, `${environment}\n${line}`);
	const played = (file: string, roles: readonly (readonly [string, string])[]) => {
		const playbook = `${lab.folder}-${file}.yml`;
		const plays = roles.map(([hosts, role]) => ({ hosts, become: true, roles: [role] }));
		return async (name: string, ...words: readonly string[]): Promise<PlayedRun> => {
			await writeFile(playbook, JSON.stringify(plays));
			const started = Date.now();
			const result = await play(playbook, lab.folder, ['-e', JSON.stringify(variables), ...words]);
			const seconds = ((Date.now() - started) / 1000).toFixed(1);
			t.log(`${name}: ${seconds} s, ${result.effects.length} changes`);
			return result;
		};
	};
	return {
		lab,
		on,
		// JSON is YAML.
		declare: (commons_env_environments, more = {}) =>
			writeFile(
				`${lab.folder}/host_vars/${host}.yml`,
				JSON.stringify({
					commons_env_environments,
					// One host is a sandbox, unless it is told not to be.
					commons_env_postgres: 'native',
					commons_env_ready_seconds: 120,
					commons_env_release_seconds: 120,
					...more,
				}),
			),
		whole: played('whole', [
			['storage', 'postgres-native'],
			['reverse_proxy', 'nginx-rp'],
			['rke2_servers', 'commons-env'],
		]),
		only: played('only', [['rke2_servers', 'commons-env']]),
		psql: (statement) => lab.output(host, `su postgres -c "psql -XAtc \\"${statement}\\""`),
		async ask(name, path = '/', words = '') {
			const to = `--resolve ${name}:443:${lab.address(host)} --cacert /etc/g2pbook/tls/ca.crt`;
			return (
				await lab.run(
					host,
					`curl -s --max-time 20 ${to} -w '\\n%{http_code}' ${words} 'https://${name}${path}'`,
				)
			).stdout.trim();
		},
	};
}

/** Where control plane and database write all the time. */
const busy = ['/var/lib/rancher', '/var/lib/kubelet', '/var/lib/postgresql', '/var/lib/g2pbook/lock'];

/** Everything of host and cluster that a run could have changed. */
export async function everything({ lab, on }: Estate): Promise<ReadonlyMap<string, string>> {
	const [found] = lab.hosts;
	if (found === undefined) {
		throw new Error('the lab has no host');
	}

	return new Map([
		...(await clusterFingerprint({ output: on })),
		...(await fingerprint({ container: found.container, busy })),
	]);
}

/** What is one environment's: its objects, its releases, its databases with what is in them, its names. */
export async function belongings({ on, lab, psql }: Estate, name: string): Promise<readonly string[]> {
	const objects = [...(await clusterFingerprint({ output: on }))]
		.filter(([object]) => object.split(' ')[2] === name || object.endsWith(` ${name}`))
		.map(([object, version]) => `${object} ${version}`);
	const databases = await psql(
		`SELECT datname, datdba::regrole, datacl FROM pg_database WHERE datname LIKE '${name}\\\\_%' ORDER BY 1`,
	);
	const served = await lab.output(
		host,
		`grep -A 12 '^# Environment ${name}' /etc/nginx/conf.d/g2p.conf || true`,
	);
	return [...objects.sort(), databases, served];
}

export { differences };
