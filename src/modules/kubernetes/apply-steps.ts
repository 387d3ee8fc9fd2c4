import type { Step } from '../../module/contract.ts';
import { Secret } from '../../shell/secret.ts';
import { type Cluster, kubectl } from './cluster-arguments.ts';
import { ownership, stream } from './differences.ts';
import { isDefinition, isGround } from './ground.ts';
import type { Manifest } from './manifest.ts';
import type { Member } from './members.ts';

export type ApplyArguments = Cluster & {
	readonly force: boolean;
	readonly wait: Readonly<Record<string, string>>;
	readonly wait_timeout: number;
};

const over = (manifests: readonly Manifest[]): string | Secret => {
	const text = stream(manifests.map((manifest) => manifest.text));
	return manifests.some(({ isSecret }) => isSecret) ? new Secret(text) : text;
};

/** Seconds in which the API server takes up a kind that is new. */
const patience = 60;

/** Writes objects; namespaces and new kinds before those that need them. */
export function applySteps(args: ApplyArguments, manifests: readonly Manifest[]): readonly Step[] {
	const ground = manifests.filter(isGround);
	const rest = manifests.filter((manifest) => !isGround(manifest));
	const definitions = rest.length === 0 ? [] : ground.filter(isDefinition);
	return [
		...apply(args, ground),
		...waiting(args, 'condition=Established', patience, definitions),
		...apply(args, rest),
	];
}

const apply = (args: ApplyArguments, manifests: readonly Manifest[]): readonly Step[] =>
	manifests.length === 0
		? []
		: [kubectl(args, 'apply', ownership(args.force), '-f', '-').withInput(over(manifests))];

/** Waits until these are what `wait` asks of their kind. */
export const waitSteps = (args: ApplyArguments, manifests: readonly Manifest[]): readonly Step[] =>
	[...new Set(Object.values(args.wait))].flatMap((condition) =>
		waiting(
			args,
			condition,
			args.wait_timeout,
			manifests.filter(({ kind }) => args.wait[kind] === condition),
		),
	);

const waiting = (
	cluster: Cluster,
	condition: string,
	seconds: number,
	manifests: readonly Manifest[],
): readonly Step[] =>
	manifests.length === 0
		? []
		: [
				kubectl(cluster, 'wait', '--for', condition, '--timeout', `${seconds}s`, '-f', '-').withInput(
					over(manifests),
				),
			];

/** Removes objects, the last ones first, and waits until they are gone. */
export const deleteSteps = (
	cluster: Cluster,
	members: readonly Member[],
	seconds: number,
): readonly Step[] =>
	members.length === 0
		? []
		: [
				kubectl(cluster, 'delete', '--ignore-not-found', '--timeout', `${seconds}s`, '-f', '-').withInput(
					stream(
						[...members]
							.reverse()
							.map(({ apiVersion, kind, name, namespace }) =>
								JSON.stringify({ apiVersion, kind, metadata: { name, namespace } }),
							),
					),
				),
			];
