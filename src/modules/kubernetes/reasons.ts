import type { Reader } from '../../module/contract.ts';
import { type Cluster, kubectl } from './cluster-arguments.ts';
import { stream } from './differences.ts';
import type { Manifest } from './manifest.ts';

// Conditions that are not met, and those whose being met is the failure. kubectl makes a list of what it reads.
const conditions = [
	'go-template={{range $object := .items}}{{range .status.conditions}}',
	'{{if or (ne .status "True") (eq .type "ReplicaFailure" "Failed")}}',
	'{{$object.kind}} {{$object.metadata.name}}: {{.type}} is {{.status}}, {{.reason}}: {{.message}}{{"\\n"}}',
	'{{end}}{{end}}{{end}}',
].join('');

/** Warnings that are shown of each namespace. */
const most = 5;

/** What the cluster says about objects that have not become what they should: their conditions, and warnings beside them. */
export async function reasonsFor(
	cluster: Cluster,
	host: Reader,
	manifests: readonly Manifest[],
): Promise<readonly string[]> {
	if (manifests.length === 0) {
		return [];
	}

	const everyCode = { ok: [0, 1] };
	const objects = stream(manifests.map(({ text }) => text));
	const places = [...new Set(manifests.map(({ namespace }) => namespace ?? 'default'))];
	const [said, ...events] = await Promise.all([
		host.read(kubectl(cluster, 'get', '--output', conditions, '-f', '-').withInput(objects), everyCode),
		...places.map((place) =>
			host.read(
				kubectl(cluster, 'events', '--namespace', place, '--types', 'Warning', '--no-headers'),
				everyCode,
			),
		),
	]);
	return [linesOf(said.stdout), ...events.map(({ stdout }) => linesOf(stdout).slice(-most))].flat();
}

const linesOf = (text: string): readonly string[] => text.split('\n').filter((line) => line.trim() !== '');
