import { stringify } from 'yaml';
import type { Reader } from '../../module/contract.ts';
import { ReadFailed } from '../../module/impossible.ts';
import { type Cluster, kubectl, refusal } from './cluster-arguments.ts';
import { type Difference, differences } from './differences.ts';
import type { Manifest } from './manifest.ts';

export const isDefinition = ({ kind }: Manifest): boolean => kind === 'CustomResourceDefinition';

/** Others are refused until these are there. */
export const isGround = (manifest: Manifest): boolean =>
	manifest.kind === 'Namespace' || isDefinition(manifest);

/**
 * What each object would become. One whose namespace or kind is described beside it and is not there yet is not there
 * either: the API server cannot be asked for it.
 * @throws ReadFailed
 */
export async function differencesOf(
	args: Cluster & { readonly force: boolean },
	host: Reader,
	manifests: readonly Manifest[],
): Promise<readonly (Difference | undefined)[]> {
	const asked = manifests.map((manifest) => ({
		manifest,
		answer: host.ask(differences(args, args.force), manifest.text),
	}));
	return Promise.all(
		asked.map(async ({ manifest, answer }) => {
			try {
				return await answer;
			} catch (error) {
				const ground = asked.filter((other) => isGroundOf(other.manifest, manifest));
				const found = await Promise.all(ground.map((other) => other.answer));
				if (error instanceof ReadFailed && found.some((difference) => difference?.before === '')) {
					return { before: '', after: stringify(JSON.parse(manifest.text), { sortMapEntries: true }) };
				}

				throw error;
			}
		}),
	);
}

function isGroundOf(ground: Manifest, { apiVersion, kind, namespace }: Manifest): boolean {
	if (!isDefinition(ground)) {
		return ground.kind === 'Namespace' && ground.name === namespace;
	}

	const { spec } = JSON.parse(ground.text) as {
		readonly spec?: { readonly group?: string; readonly names?: { readonly kind?: string } };
	};
	return spec?.names?.kind === kind && spec.group === groupOf(apiVersion);
}

const groupOf = (apiVersion: string): string => apiVersion.replace(/\/?[^/]*$/, '');

/** Those whose kind the cluster knows; objects of another cannot be there. @throws ReadFailed */
export async function ofKnownKinds(
	cluster: Cluster,
	host: Reader,
	manifests: readonly Manifest[],
): Promise<readonly Manifest[]> {
	const output = await host.read(kubectl(cluster, 'api-resources', '--no-headers'), { ok: [0, 1] });
	// Not 0 also when a service that extends the API is away: what it has is not taken for gone.
	if (output.code !== 0) {
		throw refusal(cluster, output);
	}

	const known = new Set(
		output.stdout.split('\n').map((line) => {
			const [apiVersion = '', , kind = ''] = line.trim().split(/\s+/).slice(-3);
			return `${groupOf(apiVersion)} ${kind}`;
		}),
	);
	return manifests.filter(({ apiVersion, kind }) => known.has(`${groupOf(apiVersion)} ${kind}`));
}
