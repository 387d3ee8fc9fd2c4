import { writeFile } from 'node:fs/promises';
import type { ExecutionContext } from 'ava';
import { g2pbook, type PlayedRun, play } from '../fixtures/containers/command-line.ts';
import type { TestLab } from '../fixtures/containers/lab.ts';
import { kubectl } from '../fixtures/kube/host.ts';
import type { Mirror } from '../fixtures/kube/mirror.ts';

export type Cluster = {
	/** Of the role, for all servers and agents. */
	readonly playbook: string;
	/** Words of the command line for these variables, besides those that each run has. */
	words(vars: Readonly<Record<string, unknown>>): readonly string[];
	/** Run the role on the whole cluster, or with words for less of it. */
	converge(
		t: ExecutionContext,
		what: string,
		vars?: Readonly<Record<string, unknown>>,
		...words: readonly string[]
	): Promise<PlayedRun>;
	/** Names of the members of etcd that vote. */
	voters(by: string): Promise<readonly string[]>;
	/** What makes a cluster the same one: its authority, its token, the identity of its first namespace. */
	identity(by: string): Promise<string>;
	/** As when its disk was lost. */
	lose(host: string): Promise<string>;
};

export const environment =
	'export KUBECONFIG=/etc/rancher/rke2/rke2.yaml PATH=/usr/local/bin:$PATH:/var/lib/rancher/rke2/bin';
const tls = '/var/lib/rancher/rke2/server/tls';

/** What a test does with the cluster that the role makes on a lab. */
export async function clusterOn(lab: TestLab, mirror: Mirror): Promise<Cluster> {
	const playbook = `${lab.folder}-cluster.yml`;
	await writeFile(playbook, '- hosts: rke2_servers:rke2_agents\n  become: true\n  roles: [rke2-server]\n');
	await g2pbook(['secret', 'init', '-i', lab.folder]);
	const usual = { ...mirror.variables, rke2_server_ready_seconds: 240 };
	const words: Cluster['words'] = (vars) => ['-e', JSON.stringify({ ...usual, ...vars })];
	return {
		playbook,
		words,

		async converge(t, what, vars = {}, ...more) {
			const started = Date.now();
			const result = await play(playbook, lab.folder, [...words(vars), ...more]);
			t.log(`${what}: ${((Date.now() - started) / 1000).toFixed(1)} s, ${result.effects.length} changes`);
			return result;
		},

		async voters(by) {
			const line = `kubectl -n kube-system exec etcd-${by} -- etcdctl --endpoints=https://127.0.0.1:2379 --cacert=${tls}/etcd/server-ca.crt --cert=${tls}/etcd/server-client.crt --key=${tls}/etcd/server-client.key member list`;
			// Who has just started does not answer for a moment.
			const members = await lab.output(
				by,
				`${environment}\nfor try in 1 2 3 4 5; do ${line} && exit; sleep 2; done; exit 1`,
			);
			return members
				.split('\n')
				.filter((member) => member.endsWith(', false'))
				.map((member) => member.split(', ')[2]?.replace(/-[0-9a-f]+$/, '') ?? '')
				.sort();
		},

		identity: async (by) =>
			(await lab.output(by, `sha256sum ${tls}/server-ca.crt /var/lib/rancher/rke2/server/token`)) +
			(await kubectl(lab, by, "get namespace kube-system -o jsonpath='{.metadata.uid}'")),

		lose: (host) =>
			lab.output(
				host,
				'systemctl stop rke2-server rke2-agent 2>/dev/null; rke2-killall.sh >/dev/null 2>&1; rm -rf /var/lib/rancher /etc/rancher',
			),
	};
}
