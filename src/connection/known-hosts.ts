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
	return texts.flatMap((text, index) => {
		const { byName, others } = parsed(files[index] ?? '', text);
		const about = others.filter(({ hosts }) => isAbout(hosts, name)).map(({ key }) => key);
		return [...(byName.get(name) ?? []), ...about].sort((a, b) => a.line - b.line);
	});
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

/** A file as it is looked up: most lines name their hosts as they are; hashes and patterns must be tried one by one. */
type KnownFile = {
	readonly text: string;
	readonly byName: ReadonlyMap<string, readonly KnownKey[]>;
	readonly others: readonly { readonly hosts: string; readonly key: KnownKey }[];
};

const parsedFiles = new Map<string, KnownFile>();

/** Once for all hosts, as long as the text stays: else a thousand hosts read a thousand lines each. */
function parsed(file: string, text: string): KnownFile {
	const known = parsedFiles.get(file);
	if (known?.text === text) {
		return known;
	}

	const byName = new Map<string, KnownKey[]>();
	const others: { hosts: string; key: KnownKey }[] = [];
	for (const [index, line] of text.split('\n').entries()) {
		const fields = line.trim().split(/\s+/);
		const marker = fields[0] === '@revoked' || fields[0] === '@cert-authority' ? fields[0] : undefined;
		const [hosts = '', type = '', encoded = ''] = marker === undefined ? fields : fields.slice(1);
		if (hosts === '' || hosts.startsWith('#') || encoded === '') {
			continue;
		}

		const key: KnownKey = { file, line: index + 1, marker, type, key: Buffer.from(encoded, 'base64') };
		if (/[*?!|]/.test(hosts)) {
			others.push({ hosts, key });
			continue;
		}

		for (const name of new Set(hosts.toLowerCase().split(','))) {
			byName.set(name, [...(byName.get(name) ?? []), key]);
		}
	}

	const made = { text, byName, others };
	parsedFiles.set(file, made);
	return made;
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
