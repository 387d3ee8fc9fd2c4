import { listFunctions } from './list-functions.ts';
import { networkFunctions } from './network-functions.ts';
import type { CelFunction } from './signature.ts';
import { textFunctions } from './text-functions.ts';

/** Every function by name. `f(a, b)` and `a.f(b)` mean the same. */
export const functions: ReadonlyMap<string, CelFunction> = new Map(
	[...textFunctions, ...listFunctions, ...networkFunctions].map((entry) => [entry.name, entry]),
);

/** Those that look at how an argument is written, with their least and greatest number of arguments. */
export const specialFunctions: ReadonlyMap<string, readonly [least: number, most: number]> = new Map([
	['has', [1, 1]],
	['default', [2, 2]],
	['lookup_file', [1, 1]],
	['lookup_env', [1, 1]],
]);

/** Methods that bind a name for their last argument. */
export const macros: ReadonlyMap<string, readonly [least: number, most: number]> = new Map([
	['map', [2, 3]],
	['filter', [2, 2]],
	['all', [2, 2]],
	['exists', [2, 2]],
	['exists_one', [2, 2]],
]);

/** Methods of CEL's optional values. */
export const optionalMethods: ReadonlyMap<string, readonly [least: number, most: number]> = new Map([
	['orValue', [1, 1]],
	['or', [1, 1]],
	['hasValue', [0, 0]],
	['value', [0, 0]],
]);
