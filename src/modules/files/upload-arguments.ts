import * as z from 'zod';
import { fileArguments } from './file-arguments.ts';

/** The arguments of all modules that write the content of a file. */
export const uploadArguments = {
	...fileArguments,
	backup: z
		.boolean()
		.default(false)
		.describe('Keep the old file beside the new one, with a time in its name.'),
	validate: z
		.string()
		.regex(/%s/, 'write %s where the path of the new file goes, such as "visudo -cf %s"')
		.optional()
		.describe('A shell line that must succeed on the new file (`%s`) before it replaces the old one.'),
};
