import type { Reader } from '../../module/contract.ts';
import { impossible } from '../../module/impossible.ts';
import type { SharedQuestion } from '../../module/shared-question.ts';
import { type Cluster, clusterName, kubectl, refusal } from './cluster-arguments.ts';
import type { Labels } from './labels.ts';
import { printing, recordsOf, structureOf } from './records.ts';

export type Taint = { readonly key: string; readonly value?: string; readonly effect: string };

export type ClusterNode = {
	readonly name: string;
	/** Whether pods may be put on it. */
	readonly schedulable: boolean;
	readonly labels: Labels;
	readonly taints: readonly Taint[];
};

const nodes = (cluster: Cluster): SharedQuestion<readonly ClusterNode[]> => ({
	name: `kubectl get nodes ${clusterName(cluster)}`,
	command: () =>
		kubectl(
			cluster,
			'get',
			'nodes',
			printing('.metadata.name', '.spec.unschedulable', '.metadata.labels', '.spec.taints'),
		),
	answers(names, output) {
		const answer =
			output.code === 0 ? { value: nodesFrom(output.stdout) } : { failure: refusal(cluster, output) };
		return names.map(() => answer);
	},
});

const nodesFrom = (stdout: string): readonly ClusterNode[] =>
	recordsOf(stdout).map(([name = '', unschedulable, labels, taints]) => ({
		name,
		schedulable: unschedulable !== 'true',
		labels: structureOf<Labels>(labels) ?? {},
		taints: structureOf<readonly Taint[]>(taints) ?? [],
	}));

/** A node; undefined: the cluster has none of that name. @throws ReadFailed */
export async function nodeNamed(
	host: Reader,
	cluster: Cluster,
	name: string,
): Promise<ClusterNode | undefined> {
	return (await host.ask(nodes(cluster), name)).find((node) => node.name === name);
}

/** A node that has to be there. @throws ReadFailed, Impossible with the names of those that are */
export async function nodeThatIs(host: Reader, cluster: Cluster, name: string): Promise<ClusterNode> {
	const all = await host.ask(nodes(cluster), name);
	return (
		all.find((node) => node.name === name) ??
		impossible(
			`the cluster has no node ${name}: it has ${all.map((node) => node.name).join(', ') || 'none'}`,
			'a node makes itself known when its rke2-server or rke2-agent is up; `node-name` in its configuration is its name',
		)
	);
}
