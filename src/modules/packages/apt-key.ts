import { readFile } from 'node:fs/promises';
import type { Local, Script } from '../../module/contract.ts';

/** The key of a source of packages: its text, where the host fetches it from, or a keyring that the host has. */
export type AptKey =
	| { readonly kind: 'text'; readonly text: string }
	| { readonly kind: 'address'; readonly address: string }
	| { readonly kind: 'on-host'; readonly path: string };

const begin = '-----BEGIN PGP PUBLIC KEY BLOCK-----';
const end = '-----END PGP PUBLIC KEY BLOCK-----';

/** What `signed_by` means. A binary keyring beside the playbook becomes text: apt tells the two apart by the name. */
export async function keyOf(signedBy: string | undefined, local: Local): Promise<AptKey | undefined> {
	if (signedBy === undefined) {
		return undefined;
	}

	if (signedBy.includes('-----BEGIN PGP')) {
		return { kind: 'text', text: `${signedBy.trim()}\n` };
	}

	if (/^https?:\/\//.test(signedBy)) {
		return { kind: 'address', address: signedBy };
	}

	if (signedBy.startsWith('/')) {
		return { kind: 'on-host', path: signedBy };
	}

	const bytes = await readFile((await local.file(signedBy)).path);
	const text = bytes.toString('latin1');
	return { kind: 'text', text: text.includes('-----BEGIN PGP') ? text : armored(bytes) };
}

const armored = (bytes: Buffer): string =>
	[begin, '', ...(bytes.toString('base64').match(/.{1,64}/g) ?? []), end, ''].join('\n');

/** Fetch a key with apt's own means, and keep it as text whatever it is. */
export const fetchKey = (address: string, keyring: string): Script => ({
	kind: 'script',
	text: `: fetch the key of a source of packages
set -e
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
/usr/lib/apt/apt-helper download-file "$1" "$folder/key" >&2
if grep -q -e '-----BEGIN PGP' "$folder/key"; then
	cp "$folder/key" "$folder/text"
else
	{ printf '%s\\n\\n' '${begin}'; base64 "$folder/key"; echo '${end}'; } > "$folder/text"
fi
install -m 0644 "$folder/text" "$2"
`,
	arguments: [address, keyring],
});
