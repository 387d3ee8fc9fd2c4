/** What a parameter takes. `plain` is data of any kind with the secrets in it opened. */
type Kinds = {
	text: string;
	number: number;
	boolean: boolean;
	list: readonly unknown[];
	map: Readonly<Record<string, unknown>>;
	any: unknown;
	plain: unknown;
	'plain list': readonly unknown[];
};

export type ParameterKind = keyof Kinds;

type Values<T extends readonly ParameterKind[]> = { [K in keyof T]: Kinds[T[K]] };

/** A function of expressions. */
export type CelFunction = {
	readonly name: string;
	/** For people: `join(list, separator)`. */
	readonly signature: string;
	readonly takes: readonly ParameterKind[];
	/** How many of them must be given. */
	readonly least: number;
	/** Arguments have been checked against `takes`. @throws Mistake */
	readonly apply: (values: readonly unknown[]) => unknown;
};

/** `define('join(list, separator)', ['list', 'text'], (list, separator) => …)`; the optional ones come last. */
export function define<
	const T extends readonly ParameterKind[],
	const O extends readonly ParameterKind[] = readonly [],
>(
	signature: string,
	takes: T,
	apply: (...values: [...Values<T>, ...Partial<Values<O>>]) => unknown,
	optional?: O,
): CelFunction {
	return {
		name: signature.slice(0, signature.indexOf('(')),
		signature,
		takes: [...takes, ...(optional ?? [])],
		least: takes.length,
		// The caller has compared each value with `takes`, which the types of `apply` are made from.
		apply: (values) => apply(...(values as [...Values<T>, ...Partial<Values<O>>])),
	};
}
