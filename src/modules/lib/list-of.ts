import { z } from 'zod';

/** A list, or one text with commas between the items; `[]` and `''` are the empty list. */
export const listOf = <T extends z.ZodString>(item: T) =>
	z.preprocess(
		(value) =>
			typeof value === 'string'
				? value
						.split(',')
						.map((text) => text.trim())
						.filter((text) => text !== '')
				: value,
		z.array(item),
	);
