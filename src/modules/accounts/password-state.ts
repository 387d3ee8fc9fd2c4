import { createHash } from 'node:crypto';
import type { Reader } from '../../module/contract.ts';
import { pipe } from '../../shell/combine.ts';
import { sh } from '../../shell/command.ts';
import { reveal, type Secret } from '../../shell/secret.ts';

/** Whether a text is what stands in /etc/shadow rather than a password. */
export const isPasswordHash = (text: string): boolean => /^(\$[\w-]+\$\S+|[*!]\S*|_\S+|x)$/.test(text);

/**
 * What the shadow file says of a user, as far as the arguments ask for it. The host sends the SHA-256 of the
 * stored hash, never the hash: it would be enough to guess the password.
 */
export async function passwordState(
	{
		name,
		password,
		password_lock,
	}: {
		readonly name: string;
		readonly password?: string | Secret | undefined;
		readonly password_lock?: boolean | undefined;
	},
	host: Reader,
): Promise<{ readonly password?: string | undefined; readonly locked?: boolean | undefined }> {
	if (password === undefined && password_lock === undefined) {
		return {};
	}

	const field = pipe(sh`getent shadow ${name}`, sh`cut -d : -f 2`);
	const [stored, lock] = await Promise.all([
		host.read(pipe(field, sh`sed ${'s/^!*//'}`, sh`sha256sum`)),
		host.read(pipe(field, sh`grep -c ${'^!'}`), { ok: [0, 1] }),
	]);
	// A hash that is locked has a mark in front; `!` alone has no hash behind it.
	const wanted = password === undefined ? undefined : sha256(`${reveal(password).replace(/^!*/, '')}\n`);
	return {
		password: stored.stdout.startsWith(wanted ?? '-') ? 'as given' : 'another one',
		locked: lock.stdout.trim() === '1',
	};
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
