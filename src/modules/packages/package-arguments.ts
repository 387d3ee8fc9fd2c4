import * as z from 'zod';
import { listOf } from '../lib/list-of.ts';

/** What installs packages on a host. */
export type PackageSystem = 'apt' | 'dnf';

/** The arguments that `package` and `apt` share. */
export const packageArguments = {
	name: listOf(z.string().regex(/^[\w.+~:-]+(=[^\s=]+)?$/, 'write a package such as nginx, or nginx=1.22.*'))
		.default([])
		.describe('Packages, as a list or with commas; `NAME=VERSION` asks for a version and may end with `*`.'),
	state: z
		.enum(['present', 'absent', 'latest'])
		.default('present')
		.describe('`latest`: the newest version that the lists of the host know.'),
	update_cache: z
		.boolean()
		.default(false)
		.describe(
			'Fetch the lists first when they are older than `cache_valid_time`: only when something is to be installed, ' +
				'for `latest`, or without `name`.',
		),
	cache_valid_time: z
		.int()
		.nonnegative()
		.default(3600)
		.describe('Seconds for which fetched lists count as fresh.'),
};

export type PackageRequest = {
	readonly name: readonly string[];
	readonly state: 'present' | 'absent' | 'latest' | 'fixed';
	readonly update_cache: boolean;
	readonly cache_valid_time: number;
	readonly purge?: boolean | undefined;
};
