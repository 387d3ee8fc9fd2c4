import type { Reader } from '../../module/contract.ts';
import type { SharedQuestion } from '../../module/shared-question.ts';
import { type Cluster, clusterName, kubectl, refusal } from './cluster-arguments.ts';
import { type Labels, picks, type Selector } from './labels.ts';
import { printing, recordsOf, structureOf } from './records.ts';

/** A pod of a node, as far as draining has to know it. */
export type Pod = {
	/** `NAMESPACE/NAME` */
	readonly title: string;
	readonly namespace: string;
	readonly labels: Labels;
	/** Succeeded or failed: it does no work any more. */
	readonly finished: boolean;
	/** Since when it is being ended; undefined when it is not. */
	readonly endingSince: string | undefined;
	/** Something makes another one when it is gone. */
	readonly controlled: boolean;
	/** Data on the node that goes with it. */
	readonly holdsData: boolean;
	/** It may be put on a node that takes no others: what is evicted may come back. */
	readonly returns: boolean;
};

/** How many pods of an application must stay, or may be away, as somebody has said. */
export type Budget = {
	readonly title: string;
	readonly namespace: string;
	readonly selector: Selector | undefined;
	/** Pods that may be evicted now. */
	readonly allowed: number;
	readonly healthy: number;
	readonly needed: number;
};

type Owner = { readonly kind: string; readonly controller?: boolean };
type Toleration = { readonly key?: string; readonly operator?: string; readonly effect?: string };

const podPaths = [
	'.spec.nodeName',
	'.metadata.namespace',
	'.metadata.name',
	'.status.phase',
	'.metadata.deletionTimestamp',
	'.metadata.annotations.kubernetes\\.io/config\\.mirror',
	'.spec.volumes[*].emptyDir',
	'.metadata.labels',
	'.metadata.ownerReferences',
	'.spec.tolerations',
];

const pods = (cluster: Cluster): SharedQuestion<readonly Pod[]> => ({
	name: `kubectl get pods ${clusterName(cluster)}`,
	command: (nodes) =>
		kubectl(
			cluster,
			'get',
			'pods',
			'--all-namespaces',
			nodes.length === 1 && ['--field-selector', `spec.nodeName=${nodes[0]}`],
			printing(...podPaths),
		),
	answers(nodes, output) {
		if (output.code !== 0) {
			return nodes.map(() => ({ failure: refusal(cluster, output) }));
		}

		const records = recordsOf(output.stdout);
		return nodes.map((node) => ({
			value: records.filter(([on]) => on === node).flatMap((record) => podFrom(record)),
		}));
	},
});

// Draining leaves what the node itself has made (mirror), and what a DaemonSet puts on every node.
function podFrom(record: readonly string[]): readonly Pod[] {
	const [, namespace = '', name = '', phase = '', ending = '', mirror, emptyDirs] = record;
	const [labels, owners, tolerations] = record.slice(7);
	const owner = structureOf<readonly Owner[]>(owners)?.find(({ controller }) => controller === true);
	return mirror !== '' || owner?.kind === 'DaemonSet'
		? []
		: [
				{
					title: `${namespace}/${name}`,
					namespace,
					labels: structureOf<Labels>(labels) ?? {},
					finished: phase === 'Succeeded' || phase === 'Failed',
					endingSince: ending === '' ? undefined : ending,
					controlled: owner !== undefined,
					holdsData: emptyDirs !== '',
					returns: (structureOf<readonly Toleration[]>(tolerations) ?? []).some(toleratesCordon),
				},
			];
}

const toleratesCordon = ({ key, operator, effect = 'NoSchedule' }: Toleration): boolean =>
	effect === 'NoSchedule' &&
	(key === 'node.kubernetes.io/unschedulable' || (key === undefined && operator === 'Exists'));

/** Pods that draining a node is about. @throws ReadFailed */
export const podsOn = (host: Reader, cluster: Cluster, node: string): Promise<readonly Pod[]> =>
	host.ask(pods(cluster), node);

const budgets = (cluster: Cluster): SharedQuestion<readonly Budget[]> => ({
	name: `kubectl get poddisruptionbudgets ${clusterName(cluster)}`,
	command: () =>
		kubectl(
			cluster,
			'get',
			'poddisruptionbudgets',
			'--all-namespaces',
			printing(
				'.metadata.namespace',
				'.metadata.name',
				'.status.disruptionsAllowed',
				'.status.currentHealthy',
				'.status.desiredHealthy',
				'.spec.selector',
			),
		),
	answers(nodes, output) {
		const answer =
			output.code === 0 ? { value: budgetsFrom(output.stdout) } : { failure: refusal(cluster, output) };
		return nodes.map(() => answer);
	},
});

const budgetsFrom = (stdout: string): readonly Budget[] =>
	recordsOf(stdout).map(([namespace = '', name = '', allowed, healthy, needed, selector]) => ({
		title: `${namespace}/${name}`,
		namespace,
		selector: structureOf<Selector>(selector),
		allowed: Number(allowed),
		healthy: Number(healthy),
		needed: Number(needed),
	}));

/** Finds the budgets that now forbid to evict a pod. @throws ReadFailed */
export async function budgetsInTheWay(
	host: Reader,
	cluster: Cluster,
	node: string,
): Promise<(pod: Pod) => readonly Budget[]> {
	const full = (await host.ask(budgets(cluster), node)).filter(({ allowed }) => allowed === 0);
	return (pod) =>
		pod.finished
			? []
			: full.filter(({ namespace, selector }) => namespace === pod.namespace && picks(selector, pod.labels));
}
