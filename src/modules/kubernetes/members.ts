import type { Reader } from '../../module/contract.ts';
import { type Cluster, kubectl, refusal } from './cluster-arguments.ts';
import { setLabel } from './manifest.ts';

/** An object that is there. */
export type Member = {
	readonly apiVersion: string;
	readonly kind: string;
	readonly namespace: string | undefined;
	readonly name: string;
};

const columns =
	'custom-columns=V:.apiVersion,K:.kind,S:.metadata.namespace,N:.metadata.name,O:.metadata.ownerReferences[0].uid';

// Made by the cluster itself of what carries the label, with the label.
const copies = /^(?:events|endpoints|endpointslices|controllerrevisions|replicasets|pods)(?:\..*)?$/;

/** Words that print objects, a line each, for `membersFrom`. */
export const listing = ['--ignore-not-found', '--no-headers', '--output', columns] as const;

export const membersFrom = (stdout: string): readonly Member[] =>
	stdout
		.split('\n')
		.map((line) => line.trim().split(/\s+/))
		.filter((fields) => fields.length === 5)
		// What has an owner goes with it.
		.filter(([, , , , owner]) => owner === '<none>')
		.map(([apiVersion = '', kind = '', namespace, name = '']) => ({
			apiVersion,
			kind,
			namespace: namespace === '<none>' ? undefined : namespace,
			name,
		}));

/** All objects of a set, of whatever kind. @throws ReadFailed */
export async function membersOf(host: Reader, cluster: Cluster, set: string): Promise<readonly Member[]> {
	const everyCode = { ok: [0, 1] };
	const kinds = await host.read(
		kubectl(cluster, 'api-resources', '--verbs', 'list,delete', '--output', 'name'),
		everyCode,
	);
	const names = kinds.stdout.split('\n').filter((name) => name !== '' && !copies.test(name));
	// Not 0 also when a service that extends the API is away: what it has cannot be seen, and is not taken for gone.
	if (kinds.code !== 0) {
		throw refusal(cluster, kinds);
	}

	const found = await host.read(
		kubectl(cluster, 'get', names.join(','), '--all-namespaces', '--selector', `${setLabel}=${set}`, listing),
		everyCode,
	);
	if (found.code !== 0) {
		throw refusal(cluster, found);
	}

	return membersFrom(found.stdout);
}
