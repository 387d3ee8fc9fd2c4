import type { Detail, Reader, Step } from '../../module/contract.ts';
import { impossible } from '../../module/impossible.ts';
import { all, any } from '../../shell/combine.ts';
import { option, sh } from '../../shell/command.ts';
import { type Cluster, kubectl } from './cluster-arguments.ts';
import { nodeNamed } from './nodes.ts';
import { type Budget, budgetsInTheWay, type Pod, podsOn } from './pods.ts';

export type DrainArguments = Cluster & {
	readonly name: string;
	readonly timeout: number;
	readonly grace_period?: number | undefined;
	readonly delete_emptydir_data: boolean;
	readonly force: boolean;
};

/**
 * Pods that keep a node from being drained: what comes back at once does not, or it would never be.
 * @throws ReadFailed; Impossible when one must not be evicted without being asked for
 */
export async function podsInTheWay(args: DrainArguments, host: Reader): Promise<readonly string[]> {
	const pods = await podsOn(host, args, args.name);
	const inTheWay = pods.filter(({ returns }) => !returns);
	if (inTheWay.length === 0) {
		return [];
	}

	const working = pods.filter(({ finished }) => !finished);
	const lost = args.force ? [] : working.filter(({ controlled }) => !controlled);
	const holding = args.delete_emptydir_data ? [] : working.filter(({ holdsData }) => holdsData);
	if (lost.length > 0) {
		return impossible(
			`nothing would make these pods again elsewhere: ${titles(lost)}`,
			'delete them, or say `force: true`: then they are gone for good',
		);
	}

	if (holding.length > 0) {
		return impossible(
			`these pods keep data on the node, in emptyDir, that would be lost: ${titles(holding)}`,
			'say `delete_emptydir_data: true` when it may be lost, as it mostly may',
		);
	}

	return inTheWay.map(({ title }) => title);
}

const titles = (pods: readonly Pod[]): string => pods.map(({ title }) => title).join(', ');

/** Evicts all pods, within a time; who has been schedulable before is so again when that fails. */
export function drainStep(args: DrainArguments, wasSchedulable: boolean): Step {
	const drain = kubectl(
		args,
		'drain',
		args.name,
		'--ignore-daemonsets',
		'--timeout',
		`${args.timeout}s`,
		option('--grace-period', args.grace_period),
		args.delete_emptydir_data && '--delete-emptydir-data',
		args.force && '--force',
	);
	return wasSchedulable ? any(drain, all(kubectl(args, 'uncordon', args.name), sh`false`)) : drain;
}

/** All pods that are evicted, with what speaks against it now. */
export async function drainDetail(args: DrainArguments, host: Reader): Promise<readonly Detail[]> {
	const [pods, budgetsOf] = await Promise.all([
		podsOn(host, args, args.name),
		budgetsInTheWay(host, args, args.name),
	]);
	const lines = pods.map((pod) => {
		const notes = [
			...budgetsOf(pod).map(({ title }) => `the budget ${title} allows no eviction now`),
			...(pod.returns ? ['may come back: it is put on nodes that take no others, too'] : []),
			...(pod.endingSince === undefined ? [] : [`is being ended since ${pod.endingSince}`]),
		];
		return `${pod.title}${notes.length === 0 ? '' : ` (${notes.join('; ')})`}\n`;
	});
	return [{ name: `pods that are evicted from ${args.name}`, before: lines.join(''), after: '' }];
}

/** Why a node is not empty: which pods are left, and what forbids to evict them. */
export async function drainReasons(args: DrainArguments, host: Reader): Promise<readonly string[]> {
	const [pods, budgetsOf, node] = await Promise.all([
		podsOn(host, args, args.name),
		budgetsInTheWay(host, args, args.name),
		nodeNamed(host, args, args.name),
	]);
	const stuck = pods.filter((pod) => pod.endingSince !== undefined || budgetsOf(pod).length > 0);
	return [
		// Where they are not stuck, some may have come back since the node takes pods again.
		...(stuck.length > 0 ? stuck : pods).map((pod) => `pod ${pod.title} ${becauseOf(pod, budgetsOf(pod))}`),
		...(node === undefined
			? []
			: [`node ${node.name} takes ${node.schedulable ? 'pods, as before' : 'no new pods'}`]),
	];
}

function becauseOf({ endingSince }: Pod, [budget]: readonly Budget[]): string {
	if (endingSince !== undefined) {
		return `has not ended: it is being ended since ${endingSince}`;
	}

	return budget === undefined
		? 'is still there'
		: `is still there: the budget ${budget.title} allows no eviction (${budget.needed} must be healthy, ${budget.healthy} are)`;
}
