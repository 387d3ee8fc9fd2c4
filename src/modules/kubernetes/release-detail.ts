import { stringify } from 'yaml';
import type { Change, Detail, Local, Reader } from '../../module/contract.ts';
import { dots, Redactor } from '../../shell/secret.ts';
import { chartOf, mayChange } from './chart.ts';
import { restoring } from './drift.ts';
import type { ReleaseState, Wanted } from './release-state.ts';
import { isPending, listed, stored } from './releases.ts';
import { differing, objectsIn, type Rendered } from './rendered.ts';
import { made, templated } from './rendering.ts';
import { canonical, formerSecrets, shownValues, valuesOf } from './values.ts';

type Objects = ReadonlyMap<string, Rendered>;

/** The values, and each object that comes, goes or becomes another, before and after. Nothing in it is secret. */
export async function releaseDetail(
	args: Wanted,
	change: Change<ReleaseState>,
	host: Reader,
	local: Local,
): Promise<readonly Detail[]> {
	const release = await listed(args, host);
	const kept = release === undefined ? undefined : await stored(args, host);
	const before: Objects = kept === undefined ? new Map() : objectsIn(kept.manifest);
	const values = valuesOf(args.values);
	if (change.action === 'delete') {
		const going = new Map([...before].filter(([, object]) => !stays(object)));
		return objectDetails(going, new Map(), screenOf(formerSecrets(values.tree, kept?.config), true));
	}

	const secrets = [...values.secrets, ...formerSecrets(values.tree, kept?.config)];
	const screen = screenOf(secrets, secrets.length > 0);
	const after = await objectsAfter(args, change, before, release && isPending(release.status), host, local);
	const [old, next] = [shownValues(kept?.config, values.tree), shownValues(values.tree, values.tree)];
	const isRotated = change.action === 'update' && change.keys.has('values') && old === next;
	return [
		...(old === next && !isRotated
			? []
			: [
					{
						name: 'values',
						before: old,
						after: isRotated ? `${next}# a secret is another\n` : next,
						isClean,
					},
				]),
		...objectDetails(before, after, screen),
		...(change.action === 'update' ? await driftDetails(args, change.before, before, host, screen) : []),
	];
}

const isClean = true as const;

async function objectsAfter(
	args: Wanted,
	change: Change<ReleaseState>,
	before: Objects,
	pending: boolean | undefined,
	host: Reader,
	local: Local,
): Promise<Objects> {
	const chart = await chartOf(args, local);
	const values = valuesOf(args.values);
	if (pending) {
		return templated(args, chart, values, host, true);
	}

	if (change.action === 'create') {
		// helm looks at objects of kinds that only the installation brings, and refuses.
		return made(args, chart, values, host).then(
			({ objects }) => objects,
			(error: unknown) =>
				templated(args, chart, values, host, false).catch(() => {
					throw error;
				}),
		);
	}

	const isDriftOnly =
		change.action === 'update' && [...change.keys].every((key) => key === 'missing' || key === 'edited');
	return isDriftOnly && !mayChange(chart) ? before : (await made(args, chart, values, host)).objects;
}

const objectDetails = (before: Objects, after: Objects, screen: Screen): readonly Detail[] =>
	differing(before, after).map((name) => {
		const [one, other] = [before.get(name), after.get(name)];
		return { name, before: textOf(one, undefined, screen), after: textOf(other, one, screen), isClean };
	});

/** What a repair writes over. */
async function driftDetails(
	args: Wanted,
	{ missing = [], edited = [] }: ReleaseState,
	objects: Objects,
	host: Reader,
	screen: Screen,
): Promise<readonly Detail[]> {
	const details = [...missing, ...edited].map(async (name): Promise<readonly Detail[]> => {
		const object = objects.get(name);
		const difference = object && (await restoring(args, host, object).catch(() => undefined));
		return difference === undefined
			? []
			: [
					{
						name: `${name} as it is now`,
						before: screen(difference.before),
						after: screen(difference.after),
						isClean,
					},
				];
	});
	return (await Promise.all(details)).flat();
}

type Screen = (text: string) => string;

/** Puts dots where a secret shows, or a fingerprint from which a short one could be guessed. */
function screenOf(secrets: readonly string[], hideFingerprints: boolean): Screen {
	const redactor = new Redactor();
	for (const secret of secrets) {
		redactor.add(secret);
	}

	return (text) => {
		const shown = redactor.text(text);
		return hideFingerprints ? shown.replaceAll(/\b[0-9a-f]{40,}\b/g, dots) : shown;
	};
}

function textOf(object: Rendered | undefined, former: Rendered | undefined, screen: Screen): string {
	if (object === undefined) {
		return '';
	}

	const value = object.kind === 'Secret' ? withoutData(object.value, former?.value) : object.value;
	const text = screen(stringify(value, { sortMapEntries: true, version: '1.1' }));
	const isTheSame = former !== undefined && text === textOf(former, undefined, screen);
	return isTheSame ? `${text}# what is hidden is another\n` : text;
}

/** A Secret with dots for its data, which say whether they are others. */
const withoutData = (value: Rendered['value'], former: Rendered['value'] | undefined): Rendered['value'] =>
	Object.fromEntries(
		Object.entries(value).map(([key, part]) => [
			key,
			/^(?:data|stringData)$/.test(key) && typeof part === 'object' && part !== null
				? Object.fromEntries(
						Object.entries(part).map(([name, item]) => [
							name,
							isOther(item, former?.[key], name) ? `${dots} (another)` : dots,
						]),
					)
				: part,
		]),
	);

function isOther(item: unknown, former: unknown, name: string): boolean {
	const before =
		typeof former === 'object' && former !== null
			? (former as Readonly<Record<string, unknown>>)[name]
			: undefined;
	return before !== undefined && canonical(before) !== canonical(item);
}

/** helm leaves it where it is. */
const stays = ({ value }: Rendered): boolean =>
	/"helm\.sh\/resource-policy":"keep"/.test(
		canonical((value.metadata as { annotations?: unknown })?.annotations ?? {}),
	);
