import type { Reader } from '../../module/contract.ts';
import { type Command, option } from '../../shell/command.ts';
import { type Cluster, kubectl } from './cluster-arguments.ts';
import { toldBy, type Written } from './condition.ts';
import { type Labels, picks } from './labels.ts';
import { warningsIn } from './reasons.ts';
import { printing, recordsOf, structureOf } from './records.ts';
import type { Awaited, Seen } from './wait-look.ts';

type Container = {
	readonly name: string;
	readonly ready?: boolean;
	readonly state?: {
		readonly waiting?: { readonly reason?: string; readonly message?: string };
		readonly terminated?: { readonly reason?: string; readonly exitCode?: number };
	};
};

type PodStatus = {
	readonly conditions?: readonly Written[];
	readonly initContainerStatuses?: readonly Container[];
	readonly containerStatuses?: readonly Container[];
};

/** What the cluster knows about objects that lack something: their pods that do not run, and warnings beside them. */
export async function waitReasons(
	args: Awaited,
	host: Reader,
	seen: readonly Seen[],
): Promise<readonly string[]> {
	const lacking = seen.filter(({ lack }) => lack !== undefined);
	const places = [
		...new Set(lacking.map(({ namespace }) => namespace).filter((place) => place !== undefined)),
	];
	const [warnings, ...pods] = await Promise.all([
		warningsIn(
			args,
			host,
			places,
			lacking.map(({ name }) => name),
		),
		...places.map((place) => waitingPods(args, host, place, lacking)),
	]);
	return [...pods.flat(), ...warnings];
}

async function waitingPods(
	cluster: Cluster,
	host: Reader,
	namespace: string,
	lacking: readonly Seen[],
): Promise<readonly string[]> {
	const paths = ['.metadata.name', '.metadata.labels', '.status'];
	const { stdout } = await host.read(
		kubectl(cluster, 'get', 'pods', '--namespace', namespace, printing(...paths)),
		{ ok: [0, 1] },
	);
	const owners = lacking.filter((object) => object.namespace === namespace);
	return recordsOf(stdout).flatMap(([name = '', labels, status]) =>
		owners.some(
			(owner) =>
				(owner.kind === 'Pod' && owner.name === name) ||
				picks(owner.selector, structureOf<Labels>(labels) ?? {}),
		)
			? whyWaiting(structureOf<PodStatus>(status) ?? {}).map((why) => `pod ${namespace}/${name}: ${why}`)
			: [],
	);
}

function whyWaiting({
	conditions = [],
	initContainerStatuses = [],
	containerStatuses = [],
}: PodStatus): readonly string[] {
	const containers = [...initContainerStatuses, ...containerStatuses].flatMap(({ name, ready, state }) => {
		const { waiting, terminated } = state ?? {};
		if (waiting !== undefined) {
			return [`container ${name} waits: ${[waiting.reason, waiting.message].filter(Boolean).join(', ')}`];
		}

		if (terminated !== undefined && terminated.exitCode !== 0) {
			return [`container ${name} ended: ${terminated.reason ?? 'Error'}, exit code ${terminated.exitCode}`];
		}

		return ready === false && terminated === undefined ? [`container ${name} runs, and is not ready`] : [];
	});
	const unplaced = conditions.filter(({ type, status }) => type === 'PodScheduled' && status === 'False');
	return [...unplaced.map(toldBy), ...containers];
}

/** Shows a person more: of what lacks something, or of all. */
export function moreCommand(args: Awaited, seen: readonly Seen[]): Command {
	const [first] = seen.filter(({ lack }) => lack !== undefined);
	return first === undefined
		? kubectl(args, 'get', args.kind.join(','), option('--namespace', args.namespace), '--show-labels')
		: kubectl(args, 'describe', first.kind, first.name, option('--namespace', first.namespace));
}
