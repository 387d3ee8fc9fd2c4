import { readFile } from 'node:fs/promises';
import { parseAllDocuments } from 'yaml';
import type { Local } from '../../module/contract.ts';
import { impossible } from '../../module/impossible.ts';
import { reveal, revealed, Secret } from '../../shell/secret.ts';

/** An object of a cluster, as far as it has to be known here. */
export type Manifest = {
	readonly apiVersion: string;
	readonly kind: string;
	readonly name: string;
	/** undefined: it was not said, and the object may be one of the whole cluster. */
	readonly namespace: string | undefined;
	/** The object as JSON. */
	readonly text: string;
	/** A secret is in it, or it is one. */
	readonly isSecret: boolean;
};

export type ManifestArguments = {
	readonly definition?: unknown;
	readonly src?: string | undefined;
	readonly template?: string | undefined;
	readonly namespace?: string | undefined;
	readonly set?: string | undefined;
};

/** The label that tells which task an object is from. */
export const setLabel = 'g2pbook.openg2p.org/set';

/** How people write it: `Deployment web/nginx`. */
export const titleOf = ({ kind, namespace, name }: Omit<Manifest, 'text' | 'isSecret'>): string =>
	`${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;

/**
 * The objects that a task describes, in its order.
 * @throws Impossible when something is no object, or has no name
 */
export async function manifestsOf(args: ManifestArguments, local: Local): Promise<readonly Manifest[]> {
	const { definition, src, template } = args;
	const given = [definition, src, template].filter((value) => value !== undefined);
	if (given.length !== 1) {
		return impossible(
			`it takes one of definition, src and template, and ${given.length} are given`,
			'write the objects into the task (definition), into a file (src), or into a template of the role (template)',
		);
	}

	const manifests =
		definition === undefined ? await fromText(args, local) : fromValue(definition, args, 'definition');
	const titles = manifests.map(titleOf);
	const twice = titles.find((title, index) => titles.indexOf(title) !== index);
	return twice === undefined
		? manifests
		: impossible(`${twice} is described twice`, 'the later one would undo the earlier: make them one');
}

async function fromText(args: ManifestArguments, local: Local): Promise<readonly Manifest[]> {
	const { src, template = '' } = args;
	const text =
		src === undefined ? await local.template(template) : await readFile((await local.file(src)).path, 'utf8');
	// What kubectl reads: `yes` and `010` are what YAML 1.1 makes of them.
	const documents = parseAllDocuments(reveal(text), { version: '1.1', merge: true });
	return documents.flatMap((document, index) => {
		const where = `document ${index + 1} of ${src ?? template}`;
		const [error] = document.errors;
		if (error !== undefined) {
			return impossible(`${where}: ${error.message}`, 'it has to be YAML: objects with --- between them');
		}

		const value: unknown = document.toJS();
		return value === null ? [] : fromValue(value, args, where, text instanceof Secret);
	});
}

function fromValue(
	value: unknown,
	args: ManifestArguments,
	where: string,
	isSecret = false,
): readonly Manifest[] {
	if (Array.isArray(value)) {
		return value.flatMap((item, index) => fromValue(item, args, `${where}[${index}]`, isSecret));
	}

	if (isMap(value) && Array.isArray(value.items) && /List$/.test(String(value.kind))) {
		return fromValue(value.items, args, `${where}.items`, isSecret);
	}

	return [manifestOf(value, args, where, isSecret)];
}

function manifestOf(
	value: unknown,
	{ namespace: usual, set }: ManifestArguments,
	where: string,
	isSecret: boolean,
): Manifest {
	const { apiVersion, kind, metadata } = isMap(value) ? value : {};
	const { name, namespace, labels } = isMap(metadata) ? metadata : {};
	if (!isMap(value) || !isText(apiVersion) || !isText(kind) || !isText(name)) {
		return impossible(
			`${where} is no object of a cluster: it needs apiVersion, kind and metadata.name`,
			isMap(metadata) && 'generateName' in metadata
				? 'with generateName each run would make another one: give it a name'
				: undefined,
		);
	}

	let holdsSecret = isSecret || kind === 'Secret';
	const place = isText(namespace) ? namespace : isOfCluster(kind) ? undefined : usual;
	const object = revealed(
		{
			...value,
			metadata: {
				...(isMap(metadata) ? metadata : {}),
				...(place === undefined ? {} : { namespace: place }),
				...(set === undefined ? {} : { labels: { ...(isMap(labels) ? labels : {}), [setLabel]: set } }),
			},
		},
		() => {
			holdsSecret = true;
		},
	);
	return { apiVersion, kind, name, namespace: place, text: JSON.stringify(object), isSecret: holdsSecret };
}

// Those of Kubernetes itself. An object of another kind says itself where it belongs when this matters.
const clusterKinds =
	/^(?:Namespace|Node|PersistentVolume|ClusterRole|ClusterRoleBinding|CustomResourceDefinition|StorageClass|IngressClass|PriorityClass|RuntimeClass|APIService|CSIDriver|(?:Mutating|Validating)(?:Webhook|AdmissionPolic).*)$/;

const isOfCluster = (kind: string): boolean => clusterKinds.test(kind);

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
	typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Secret);
