import { stringify } from 'yaml';
import { dots, revealed, Secret } from '../../shell/secret.ts';

/** What a chart is given, as helm reads it. */
export type Values = {
	/** JSON in one line. A secret when one is in it. */
	readonly input: string | Secret;
	/** The values themselves. Not for printing. */
	readonly plain: unknown;
	/** Texts that are secret. */
	readonly secrets: readonly string[];
	/** The values with their secrets as they are written in the task. */
	readonly tree: unknown;
};

/** The maps of a task, later ones over earlier ones. Maps are merged at any depth; a list replaces a list. */
export function valuesOf(maps: readonly Readonly<Record<string, unknown>>[]): Values {
	const tree = maps.reduce<unknown>(merged, {});
	const secrets: string[] = [];
	const plain = revealed(tree);
	collect(tree, secrets);
	const text = JSON.stringify(plain);
	return {
		plain: JSON.parse(text) as unknown,
		input: secrets.length === 0 ? text : new Secret(text),
		secrets,
		tree,
	};
}

function merged(below: unknown, above: unknown): unknown {
	return isMap(below) && isMap(above)
		? {
				...below,
				...Object.fromEntries(
					Object.entries(above).map(([key, value]) => [
						key,
						key in below ? merged(below[key], value) : value,
					]),
				),
			}
		: above;
}

function collect(value: unknown, into: string[]): void {
	if (value instanceof Secret) {
		into.push(value.reveal());
	} else if (typeof value === 'object' && value !== null) {
		for (const item of Object.values(value)) {
			collect(item, into);
		}
	}
}

/** Whether these are the same, whatever the order of their keys. What helm keeps of no values is null. */
export const sameValues = (one: unknown, other: unknown): boolean =>
	canonical(one ?? {}) === canonical(other ?? {});

/** JSON with sorted keys. */
export const canonical = (value: unknown): string =>
	JSON.stringify(value, (_key, item: unknown) =>
		isMap(item)
			? Object.fromEntries(Object.entries(item).sort(([one], [other]) => (one < other ? -1 : 1)))
			: item,
	);

/**
 * Texts that a release was given where the task now has secrets, or nothing any more: of what is gone, nobody knows whether
 * it was one.
 */
export function formerSecrets(tree: unknown, former: unknown): readonly string[] {
	if (tree instanceof Secret || tree === undefined) {
		return leaves(former)
			.filter((leaf) => tree !== undefined || typeof leaf === 'string')
			.map(String);
	}

	return typeof former === 'object' && former !== null
		? Object.entries(former).flatMap(([key, item]) => formerSecrets(at(tree, key), item))
		: [];
}

const leaves = (value: unknown): readonly unknown[] =>
	typeof value === 'object' && value !== null
		? Object.values(value).flatMap(leaves)
		: value === undefined || value === null
			? []
			: [value];

// What the task says instead of a map or a list is no secret, and says nothing of what was in it.
const at = (tree: unknown, key: string): unknown =>
	typeof tree === 'object' && tree !== null ? (tree as Readonly<Record<string, unknown>>)[key] : undefined;

/** Values as YAML, with dots for what is or may be secret. */
export const shownValues = (values: unknown, tree: unknown): string => {
	const shown = hidden(values ?? {}, tree);
	return isMap(shown) && Object.keys(shown).length === 0
		? ''
		: stringify(shown, { sortMapEntries: true, version: '1.1' });
};

function hidden(value: unknown, tree: unknown): unknown {
	if (tree instanceof Secret || (tree === undefined && typeof value === 'string')) {
		return dots;
	}

	if (Array.isArray(value)) {
		return value.map((item, index) => hidden(item, at(tree, String(index))));
	}

	return isMap(value)
		? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, hidden(item, at(tree, key))]))
		: value;
}

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
	typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Secret);
