import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { appendFile, mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** A line of known_hosts, see sshd(8). */
export type KnownKey = {
	readonly file: string;
	readonly line: number;
	readonly marker: '@revoked' | '@cert-authority' | undefined;
	/** Such as `ssh-ed25519`. */
	readonly type: string;
	readonly key: Buffer;
};

/** What the files say about a key that a host has shown. */
export type Verdict =
	| { readonly kind: 'known' }
	| { readonly kind: 'unknown' }
	| { readonly kind: 'revoked'; readonly by: KnownKey }
	| { readonly kind: 'changed'; readonly known: KnownKey };

/** The name of a host in known_hosts: with its port when that is not 22. */
export const knownName = (host: string, port: number): string =>
	port === 22 ? host.toLowerCase() : `[${host.toLowerCase()}]:${port}`;

/** All lines about a host. Files that do not exist say nothing. */
export async function knownKeys(name: string, files: readonly string[]): Promise<readonly KnownKey[]> {
	const texts = await Promise.all(files.map((file) => readFile(file, 'utf8').catch(() => '')));
	return texts.flatMap((text, index) => parse(text, files[index] ?? '', name));
}

/** The part that decides. A key that only an authority vouches for is unknown: certificates are not offered. */
export function judge(keys: readonly KnownKey[], shown: Buffer): Verdict {
	const revoked = keys.find(({ marker, key }) => marker === '@revoked' && key.equals(shown));
	if (revoked !== undefined) {
		return { kind: 'revoked', by: revoked };
	}

	const plain = keys.filter(({ marker }) => marker === undefined);
	if (plain.some(({ key }) => key.equals(shown))) {
		return { kind: 'known' };
	}

	// As for ssh: any other key of the host makes this one a change, the same type first.
	const known = plain.find(({ type }) => type === keyType(shown)) ?? plain[0];
	return known === undefined ? { kind: 'unknown' } : { kind: 'changed', known };
}

/** Notes a new key as ssh would. */
export async function remember(name: string, shown: Buffer, file: string, hashed: boolean): Promise<void> {
	await mkdir(dirname(file), { recursive: true, mode: 0o700 });
	const text = await readFile(file, 'utf8').catch(() => '');
	const gap = text === '' || text.endsWith('\n') ? '' : '\n';
	const line = `${hashed ? hashName(name) : name} ${keyType(shown)} ${shown.toString('base64')}\n`;
	await appendFile(file, gap + line, { mode: 0o600 });
}

/** As `ssh-keygen -l` prints it. */
export const fingerprint = (key: Buffer): string =>
	`SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;

/** The type stands first in the key, after its length. */
export const keyType = (key: Buffer): string => key.toString('latin1', 4, 4 + key.readUInt32BE(0));

function parse(text: string, file: string, name: string): KnownKey[] {
	return text.split('\n').flatMap((line, index) => {
		const fields = line.trim().split(/\s+/);
		const marker = fields[0] === '@revoked' || fields[0] === '@cert-authority' ? fields[0] : undefined;
		const [hosts = '', type = '', encoded = ''] = marker === undefined ? fields : fields.slice(1);
		if (hosts === '' || hosts.startsWith('#') || encoded === '' || !isAbout(hosts, name)) {
			return [];
		}

		return [{ file, line: index + 1, marker, type, key: Buffer.from(encoded, 'base64') }];
	});
}

/** Whether a list of patterns means this name: hashed, or with `*`, `?` and `!`. */
function isAbout(hosts: string, name: string): boolean {
	if (hosts.startsWith('|1|')) {
		const [, , salt = '', hash = ''] = hosts.split('|');
		const expected = Buffer.from(hash, 'base64');
		const seen = createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest();
		return expected.length === seen.length && timingSafeEqual(expected, seen);
	}

	let about = false;
	for (const entry of hosts.toLowerCase().split(',')) {
		const negated = entry.startsWith('!');
		if (matches(negated ? entry.slice(1) : entry, name)) {
			if (negated) {
				return false;
			}

			about = true;
		}
	}

	return about;
}

const matches = (pattern: string, name: string): boolean =>
	new RegExp(
		`^${pattern
			.replace(/[\\^$.+()[\]{}|]/g, '\\$&')
			.replaceAll('*', '.*')
			.replaceAll('?', '.')}$`,
	).test(name);

function hashName(name: string): string {
	const salt = randomBytes(20);
	return `|1|${salt.toString('base64')}|${createHmac('sha1', salt).update(name).digest('base64')}`;
}
