import * as z from 'zod';

/** A list, or one text with commas between the items; `[]` and `''` are the empty list. */
export const listOf = (item: z.ZodString) =>
	z.union([z.string().transform(splitAtCommas), z.array(z.string())]).pipe(z.array(item));

const splitAtCommas = (text: string): string[] =>
	text
		.split(',')
		.map((part) => part.trim())
		.filter((part) => part !== '');
