import { parseAllDocuments } from 'yaml';
import { canonical } from './values.ts';

/** An object of a release, as its chart makes it. */
export type Rendered = {
	readonly apiVersion: string;
	readonly kind: string;
	readonly name: string;
	/** undefined: it does not say one. */
	readonly namespace: string | undefined;
	readonly value: Readonly<Record<string, unknown>>;
};

/** The objects of a manifest of helm, by kind and name. */
export function objectsIn(manifest: string): ReadonlyMap<string, Rendered> {
	// As helm reads it: YAML 1.1.
	const values = parseAllDocuments(manifest, { version: '1.1', merge: true }).flatMap((document) => {
		const value: unknown = document.toJS();
		return isMap(value) ? (Array.isArray(value.items) ? value.items.filter(isMap) : [value]) : [];
	});
	return new Map(
		values.map((value) => {
			const metadata = isMap(value.metadata) ? value.metadata : {};
			const namespace = metadata.namespace === undefined ? undefined : String(metadata.namespace);
			const [apiVersion, kind, name] = [value.apiVersion, value.kind, metadata.name].map(String) as [
				string,
				string,
				string,
			];
			return [
				`${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`,
				{ apiVersion, kind, name, namespace, value },
			];
		}),
	);
}

/**
 * The objects that would be others, by kind and name. What two renderings of one chart with the same values do not agree
 * about says nothing: a random password, the number of the revision.
 */
export const differing = (
	before: ReadonlyMap<string, Rendered>,
	after: ReadonlyMap<string, Rendered>,
	again: ReadonlyMap<string, Rendered> = after,
): readonly string[] =>
	[...new Set([...before.keys(), ...after.keys()])].filter((key) => {
		const [one, other, third] = [before, after, again].map((objects) => objects.get(key)?.value);
		return !agree(one, other, third);
	});

function agree(before: unknown, after: unknown, again: unknown): boolean {
	if (isMap(before) && isMap(after) && isMap(again)) {
		return [...new Set([before, after].flatMap(Object.keys))].every((key) =>
			agree(before[key], after[key], again[key]),
		);
	}

	if (
		Array.isArray(before) &&
		Array.isArray(after) &&
		Array.isArray(again) &&
		after.length === again.length
	) {
		return (
			before.length === after.length && before.every((item, index) => agree(item, after[index], again[index]))
		);
	}

	return same(before, after) || !same(after, again);
}

const same = (one: unknown, other: unknown): boolean => canonical(one ?? null) === canonical(other ?? null);

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
	typeof value === 'object' && value !== null && !Array.isArray(value);
