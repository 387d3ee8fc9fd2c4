import * as z from 'zod';
import { Secret } from '../shell/secret.ts';

// Argument types that several modules share, so that the same mistake gets the same words everywhere.

/** A text that may be secret: it leaves only through stdin and uploads. */
export const secretText = () => z.union([z.string(), z.instanceof(Secret)]);

/** Permissions as quoted octal digits. */
export const mode = () =>
	z
		.string({
			error:
				'write a mode as quoted octal digits, such as "0644": without quotes YAML makes it another number',
		})
		.regex(/^[0-7]{3,4}$/, 'write a mode as quoted octal digits, such as "0644"')
		.transform((text) => text.padStart(4, '0'));

/** An absolute path on the host. */
export const hostPath = () => z.string().regex(/^\//, 'write an absolute path, one that starts with /');
