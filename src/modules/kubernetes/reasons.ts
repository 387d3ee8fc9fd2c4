import type { Reader } from '../../module/contract.ts';
import { type Command, option } from '../../shell/command.ts';
import { type Cluster, kubectl } from './cluster-arguments.ts';
import { stream } from './differences.ts';
import type { Manifest } from './manifest.ts';

// Conditions that are not met, and those whose being met is the failure. kubectl makes a list of what it reads.
const conditions = [
	'go-template={{range $object := .items}}{{range .status.conditions}}',
	'{{if or (ne .status "True") (eq .type "ReplicaFailure" "Failed")}}',
	'{{$object.kind}} {{$object.metadata.name}}: {{.type}} is {{.status}}, {{.reason}}: {{.message}}{{"\\n"}}',
	'{{end}}{{end}}',
	// A rollout that does not go on leaves those of before in good condition.
	'{{if or (eq .kind "Deployment") (eq .kind "StatefulSet")}}',
	'{{if ne (printf "%v" .spec.replicas) (printf "%v" .status.updatedReplicas)}}{{.kind}} {{.metadata.name}}: ',
	'{{or .status.updatedReplicas 0}} of {{.spec.replicas}} are as they should be, {{or .status.readyReplicas 0}} ready{{"\\n"}}',
	'{{end}}{{end}}{{end}}',
].join('');

const containers = [
	'{{with .state.waiting}}Pod {{$pod}}: {{$name}} waits: {{.reason}}{{with .message}}: {{.}}{{end}}{{"\\n"}}{{end}}',
	'{{with .state.terminated}}{{if .exitCode}}',
	'Pod {{$pod}}: {{$name}} ended with code {{.exitCode}}: {{.reason}}{{with .message}}: {{.}}{{end}}{{"\\n"}}',
	'{{end}}{{end}}',
].join('');

// What keeps pods: a node that takes them, an image, a program that ends.
const pods = [
	'go-template={{range .items}}{{$pod := .metadata.name}}',
	'{{range .status.conditions}}{{if and (eq .type "PodScheduled") (ne .status "True")}}',
	'Pod {{$pod}} has no node: {{.reason}}: {{.message}}{{"\\n"}}{{end}}{{end}}',
	`{{range .status.initContainerStatuses}}{{$name := .name}}${containers}{{end}}`,
	`{{range .status.containerStatuses}}{{$name := .name}}${containers}`,
	'{{if not .ready}}{{if .state.running}}Pod {{$pod}}: {{$name}} runs and is not ready{{"\\n"}}{{end}}{{end}}',
	'{{end}}{{end}}',
].join('');

/** Lines that are shown of each namespace and kind. */
const most = 5;

/** Prints the conditions of objects that come by its input. */
export const sayConditions = (cluster: Cluster, namespace?: string): Command =>
	kubectl(
		cluster,
		...['get', '--ignore-not-found', '--output', conditions],
		option('--namespace', namespace),
		...['-f', '-'],
	);

/** Prints why pods of a namespace are not ready. */
export const sayPods = (cluster: Cluster, namespace: string): Command =>
	kubectl(cluster, 'get', 'pods', '--namespace', namespace, '--output', pods);

/** Prints the warnings in a namespace. */
export const sayWarnings = (cluster: Cluster, namespace: string): Command =>
	kubectl(cluster, 'events', '--namespace', namespace, '--types', 'Warning', '--no-headers');

/** The command that tells a person the rest. */
export const moreAbout = (cluster: Cluster, namespace: string): string =>
	`more: ${kubectl(cluster, 'describe', 'pods', '--namespace', namespace)}`;

/** An object whose conditions are asked for. */
type Asked = Pick<Manifest, 'namespace' | 'text'>;

/**
 * What the cluster says about objects that have not become what they should: their conditions, pods and warnings beside
 * them. `usual` is the namespace of those that do not say theirs.
 */
export async function reasonsFor(
	cluster: Cluster,
	host: Reader,
	manifests: readonly Asked[],
	usual = 'default',
): Promise<readonly string[]> {
	if (manifests.length === 0) {
		return [];
	}

	const places = [...new Set(manifests.map(({ namespace }) => namespace ?? usual))];
	const objects = stream(manifests.map(({ text }) => text));
	const [conditionsSaid, warnings, ...podsSaid] = await Promise.all([
		host.read(sayConditions(cluster, usual === 'default' ? undefined : usual).withInput(objects), everyCode),
		warningsIn(cluster, host, places),
		...places.map((place) => host.read(sayPods(cluster, place), everyCode)),
	]);
	return [
		...linesOf(conditionsSaid.stdout),
		...podsSaid.flatMap(({ stdout }) => linesOf(stdout).slice(-most)),
		...warnings,
		...places.map((place) => moreAbout(cluster, place)),
	];
}

/** The last warnings of these namespaces: about the objects named and what is named after them, if there are any. */
export async function warningsIn(
	cluster: Cluster,
	host: Reader,
	namespaces: readonly string[],
	names: readonly string[] = [],
): Promise<readonly string[]> {
	const events = await Promise.all(
		namespaces.map((namespace) => host.read(sayWarnings(cluster, namespace), everyCode)),
	);
	return events.flatMap(({ stdout }) => {
		const all = linesOf(stdout).map((line) => line.trim().replaceAll(/ {2,}/g, '  '));
		const near = all.filter((line) => names.some((name) => isAbout(name, line)));
		return (near.length > 0 ? near : all).slice(-most);
	});
}

const isAbout = (name: string, line: string): boolean => {
	const [, object = ''] = line.match(/ [A-Z]\w*\/(\S+)/) ?? [];
	return object === name || object.startsWith(`${name}-`);
};

const everyCode = { ok: Array.from({ length: 256 }, (_, code) => code) };

const linesOf = (text: string): readonly string[] => text.split('\n').filter((line) => line.trim() !== '');
