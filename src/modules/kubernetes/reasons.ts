import type { Reader } from '../../module/contract.ts';
import { type Cluster, kubectl } from './cluster-arguments.ts';
import { stream } from './differences.ts';
import { type Manifest, titleOf } from './manifest.ts';

// Conditions that are not met, and those whose being met is the failure.
const conditions =
	'go-template={{range .status.conditions}}{{if or (ne .status "True") (eq .type "ReplicaFailure" "Failed")}}' +
	'{{.type}} is {{.status}}: {{.reason}} {{.message}}{{"\\n"}}{{end}}{{end}}';

const most = 5;

/** What the cluster says about objects that have not become what they should: their conditions, and warnings beside them. */
export async function reasonsFor(
	cluster: Cluster,
	host: Reader,
	manifests: readonly Manifest[],
): Promise<readonly string[]> {
	const everyCode = { ok: [0, 1] };
	const said = await Promise.all(
		manifests.map(async (manifest) => {
			const { stdout } = await host.read(
				kubectl(cluster, 'get', '--output', conditions, '-f', '-').withInput(stream([manifest.text])),
				everyCode,
			);
			return linesOf(stdout).map((line) => `${titleOf(manifest)}: ${line}`);
		}),
	);
	const places = [...new Set(manifests.map(({ namespace }) => namespace ?? 'default'))];
	const events = await Promise.all(
		places.map(async (place) => {
			const { stdout } = await host.read(
				kubectl(cluster, 'events', '--namespace', place, '--types', 'Warning', '--no-headers'),
				everyCode,
			);
			return linesOf(stdout).slice(-most);
		}),
	);
	return [...said, ...events].flat();
}

const linesOf = (text: string): readonly string[] => text.split('\n').filter((line) => line.trim() !== '');
