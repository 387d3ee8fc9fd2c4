import * as z from 'zod';

const units = { '': 1, M: 1, G: 1024, T: 1024 * 1024 } as const;

/** A size such as `512M` or `2G`; the output is MiB. A number alone is MiB. */
export const size = () =>
	z
		.union([z.string(), z.int()])
		.transform((value) => /^(\d+)\s*([MGT]?)(?:iB|B)?$/i.exec(String(value).trim()))
		.refine((found) => found !== null, 'write a size such as 512M or 2G')
		.transform((found) => Number(found?.[1]) * units[(found?.[2] ?? '').toUpperCase() as keyof typeof units]);
