import * as z from 'zod';
import { mode } from '../../module/arguments.ts';

/** A user or group by name or number. Numbers become text. */
const account = () => z.union([z.string().min(1), z.int().nonnegative()]).transform(String);

/** The arguments of all modules that put a file somewhere. */
export const fileArguments = {
	mode: mode()
		.optional()
		.describe('Permissions as quoted octal digits. Left alone when not given; a new file gets 0644.'),
	owner: account().optional().describe('User who owns it, by name or number. Left alone when not given.'),
	group: account().optional().describe('Group that owns it, by name or number. Left alone when not given.'),
};
