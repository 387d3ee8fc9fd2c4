import type { Detail, Output, Reader, State } from '../../module/contract.ts';
import { Secret } from '../../shell/secret.ts';
import { type Cluster, kubectl, refusal } from './cluster-arguments.ts';
import { stream } from './differences.ts';
import { differencesOf, ofKnownKinds } from './ground.ts';
import { type Manifest, titleOf } from './manifest.ts';
import { listing, type Member, membersFrom, membersOf } from './members.ts';
import { fulfils } from './waits.ts';

/** The value of an object in the state of a task. */
export const asDescribed = 'as described';

/** The key of the objects that nobody describes any more. */
export const leftOver = 'not described any more';

type Wanted = Cluster & {
	readonly force: boolean;
	readonly set?: string | undefined;
	readonly wait: Readonly<Record<string, string>>;
};

/** What is waited for, and its key in the state. */
export const waitsOf = (
	{ wait }: Pick<Wanted, 'wait'>,
	manifests: readonly Manifest[],
): readonly { readonly key: string; readonly manifest: Manifest; readonly condition: string }[] =>
	manifests.flatMap((manifest) => {
		const condition = wait[manifest.kind];
		return condition === undefined
			? []
			: [{ key: `${titleOf(manifest)}: ${condition}`, manifest, condition }];
	});

/** What there is of these objects, beside them what is left of their set; undefined: nothing. @throws ReadFailed */
export async function stateOf(
	args: Wanted,
	host: Reader,
	manifests: readonly Manifest[],
): Promise<State | undefined> {
	const [found, left] = await Promise.all([
		differencesOf(args, host, manifests),
		leftOf(args, host, manifests),
	]);
	const state = manifests.map((manifest, index): [string, string] => {
		const difference = found[index];
		const word = difference?.before === '' ? 'not there' : 'different';
		return [titleOf(manifest), difference === undefined ? asDescribed : word];
	});
	// Where nothing is described, nothing lacks.
	if (state.length > 0 && left.length === 0 && state.every(([, word]) => word === 'not there')) {
		return undefined;
	}

	const words = new Map(state);
	const waits = await Promise.all(
		waitsOf(args, manifests).map(
			async ({ key, manifest, condition }): Promise<[string, boolean]> => [
				key,
				// What is about to change has to become it again.
				words.get(titleOf(manifest)) === asDescribed &&
					(await host.ask(fulfils(args, condition), manifest.text)),
			],
		),
	);
	return Object.fromEntries([...state, ...waits, ...leftOverOf(args, left)]);
}

/** Its part of a state: only a set can have something left. */
export const leftOverOf = (
	{ set }: Pick<Wanted, 'set'>,
	left: readonly Member[],
): readonly (readonly [string, readonly string[]])[] =>
	set === undefined ? [] : [[leftOver, left.map(entryOf)]];

async function leftOf(
	args: Wanted,
	host: Reader,
	manifests: readonly Manifest[],
): Promise<readonly Member[]> {
	if (args.set === undefined) {
		return [];
	}

	const described = new Set(manifests.map(keyOf));
	return (await membersOf(host, args, args.set)).filter((member) => !described.has(keyOf(member)));
}

// A kind may move from one version to another; who does not say a namespace means one that is not known here.
const keyOf = ({ apiVersion, kind, name, namespace }: Member): string =>
	[apiVersion.replace(/\/?[^/]*$/, ''), kind, name, namespace ?? ''].join(' ');

const entryOf = ({ apiVersion, ...member }: Member): string =>
	`${apiVersion} ${titleOf({ apiVersion, ...member })}`;

/** The objects behind the value of `leftOver`. */
export const membersIn = (entries: State[string]): readonly Member[] =>
	(Array.isArray(entries) ? entries : []).map((entry: string) => {
		const [apiVersion = '', kind = '', place = ''] = entry.split(' ');
		const [name = '', namespace] = place.split('/').reverse();
		return { apiVersion, kind, name, namespace };
	});

/** Those that are there, of whatever content. @throws ReadFailed */
export async function presentOf(
	cluster: Cluster,
	host: Reader,
	manifests: readonly Manifest[],
): Promise<readonly Member[]> {
	const output = await namesOf(cluster, host, manifests);
	if (output.code === 0) {
		return membersFrom(output.stdout);
	}

	const known = await ofKnownKinds(cluster, host, manifests);
	if (known.length === manifests.length) {
		throw refusal(cluster, output);
	}

	return known.length === 0 ? [] : presentOf(cluster, host, known);
}

const namesOf = (cluster: Cluster, host: Reader, manifests: readonly Manifest[]): Promise<Output> =>
	host.read(
		kubectl(cluster, 'get', listing, '-f', '-').withInput(stream(manifests.map(({ text }) => text))),
		{ ok: [0, 1] },
	);

/** Whether an object is one of those with these titles; who does not say a namespace means one that is not known here. */
export const isAmong = (titles: readonly string[], manifest: Manifest): boolean =>
	titles.some(
		(title) =>
			title === titleOf(manifest) ||
			(manifest.namespace === undefined &&
				title.startsWith(`${manifest.kind} `) &&
				title.endsWith(`/${manifest.name}`)),
	);

/** Objects before and after, those that are secret as dots. */
export async function detailOf(
	args: Wanted,
	host: Reader,
	manifests: readonly Manifest[],
): Promise<readonly Detail[]> {
	const found = await differencesOf(args, host, manifests);
	return manifests.flatMap((manifest, index) => {
		const difference = found[index];
		const shown = (text: string) => (manifest.isSecret ? new Secret(text) : text);
		return difference === undefined
			? []
			: [{ name: titleOf(manifest), before: shown(difference.before), after: shown(difference.after) }];
	});
}
