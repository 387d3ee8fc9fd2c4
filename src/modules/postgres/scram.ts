import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';

/** What a server stores of a password, except the keys: `fingerprint` is the SHA-256 of the whole verifier. */
export type StoredPassword = {
	readonly iterations: number;
	/** Base64. */
	readonly salt: string;
	readonly fingerprint: string;
};

/** A text that the server stores as it is, instead of hashing it as a password. */
export const isVerifier = (text: string): boolean =>
	/^(SCRAM-SHA-256\$\d+:[\w+/=]+\$[\w+/=]+:[\w+/=]+|md5[0-9a-f]{32})$/.test(text);

/**
 * The SCRAM-SHA-256 verifier of a password (RFC 5803, in PostgreSQL's spelling). The server takes it in place of
 * the password, so that neither the line nor the server's log ever sees that.
 */
export function scramVerifier(
	password: string,
	{ iterations = 4096, salt = randomBytes(16).toString('base64') }: Partial<StoredPassword> = {},
): string {
	// SASLprep of anything but unusual scripts is this normal form.
	const salted = pbkdf2Sync(
		password.normalize('NFKC'),
		Buffer.from(salt, 'base64'),
		iterations,
		32,
		'sha256',
	);
	const key = (name: string) => createHmac('sha256', salted).update(name).digest();
	const stored = createHash('sha256').update(key('Client Key')).digest('base64');
	return `SCRAM-SHA-256$${iterations}:${salt}$${stored}:${key('Server Key').toString('base64')}`;
}

/** Whether what is stored is of this password (or is this verifier). */
export function isPasswordOf(stored: StoredPassword, given: string): boolean {
	const verifier = isVerifier(given) ? given : scramVerifier(given, stored);
	return createHash('sha256').update(verifier).digest('hex') === stored.fingerprint;
}
