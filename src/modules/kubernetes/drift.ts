import type { Reader } from '../../module/contract.ts';
import { ReadFailed } from '../../module/impossible.ts';
import { kubectl } from './cluster-arguments.ts';
import { type Difference, differences, stream } from './differences.ts';
import type { Named } from './releases.ts';
import type { Rendered } from './rendered.ts';

/** Objects of a release that are not as it left them. */
export type Drift = {
	readonly missing: readonly string[];
	/** Fields that the chart sets have other values, and somebody has written to the object with kubectl. */
	readonly edited: readonly string[];
};

/**
 * What people have done to the objects of a release. What controllers and webhooks write is theirs to write: it would come
 * back after each repair. Objects that the API server cannot be asked about are left out.
 */
export async function driftOf(
	args: Named,
	host: Reader,
	objects: ReadonlyMap<string, Rendered>,
): Promise<Drift> {
	const all = await Promise.all(
		[...objects].map(async ([title, object]) => ({
			title,
			object,
			difference: await restoring(args, host, object).catch((error: unknown) => {
				if (error instanceof ReadFailed) {
					return undefined;
				}

				throw error;
			}),
		})),
	);
	const other = all.filter(
		({ difference, object }) => difference !== undefined && difference.before !== '' && isMended(object),
	);
	const edited = await editedByHand(
		args,
		host,
		other.map(({ object }) => object),
	);
	return {
		missing: all
			.filter(({ difference, object }) => difference?.before === '' && !mayGo.test(object.kind))
			.map(({ title }) => title),
		edited: other.filter((_, index) => edited[index]).map(({ title }) => title),
	};
}

/** The object as it is and as it would be after helm has written it again; undefined: it is as helm left it. @throws ReadFailed */
export const restoring = (args: Named, host: Reader, object: Rendered): Promise<Difference | undefined> =>
	host.ask(differences(args, true, { manager: 'helm', namespace: args.namespace }), textOf(object));

// They end, and the cluster clears them away.
const mayGo = /^(?:Job|Pod)$/;

// What helm compares with what is there when it writes again. Of other kinds it only writes what the chart has changed.
const isMended = ({ apiVersion }: Rendered): boolean =>
	/^(?:v1|(?:apps|batch|autoscaling|policy|(?:networking|rbac\.authorization|storage|admissionregistration|scheduling|coordination|discovery)\.k8s\.io)\/.*)$/.test(
		apiVersion,
	);

const writers = [
	'go-template={{range .items}}{{range .metadata.managedFields}}',
	'{{if ne (or .subresource "") "status"}}{{.manager}} {{end}}{{end}}{{"\\n"}}{{end}}',
].join('');

/** Of each object, whether kubectl is among those who have written to it. */
async function editedByHand(
	args: Named,
	host: Reader,
	objects: readonly Rendered[],
): Promise<readonly boolean[]> {
	if (objects.length === 0) {
		return [];
	}

	const words = ['get', '--show-managed-fields', '--output', writers, '--namespace', args.namespace];
	const { stdout } = await host.read(kubectl(args, words, '-f', '-').withInput(stream(objects.map(textOf))));
	return stdout.split('\n').map((line) => /(?:^| )kubectl/.test(line));
}

const textOf = ({ value }: Rendered): string => JSON.stringify(value);
