import type { Script } from '../../module/contract.ts';
import { reveal, Secret } from '../../shell/secret.ts';
import type { Attributes } from './attributes-of.ts';
import { makeFile } from './make-file.ts';

/** A file to be downloaded by the host itself. */
export type Download = Attributes & {
	readonly url: string;
	readonly path: string;
	/** In hexadecimal. What comes is thrown away when it differs. */
	readonly sha256?: string | undefined;
	readonly headers: Readonly<Record<string, string | Secret>>;
	/** Seconds without any progress. */
	readonly timeout: number;
	readonly backup: boolean;
};

/**
 * Downloads with what the host has, curl or wget, and verifies before anything is put in place. The headers come
 * by stdin, because they may hold a token and arguments show in `ps`.
 */
export const download = ({ url, sha256, headers, timeout, ...file }: Download): Script =>
	makeFile({
		...file,
		title: `download ${url}`,
		body,
		arguments: [url, String(timeout), sha256 ?? ''],
		input: new Secret(
			Object.entries(headers)
				.map(([name, value]) => `${name}: ${reveal(value)}\n`)
				.join(''),
		),
	});

const body = `url=$1 timeout=$2 sha256=$3
if command -v curl >/dev/null; then
	curl --fail --silent --show-error --location --connect-timeout "$timeout" --speed-time "$timeout" --speed-limit 1 \\
		--header @- --output "$new" -- "$url"
elif command -v wget >/dev/null; then
	sed 's/^/header = /' >"$new.rc"
	if [ -s "$new.rc" ]; then set -- "--config=$new.rc"; else set --; fi
	wget "$@" -q -T "$timeout" -O "$new" "$url" || { echo "wget could not download $url" >&2; exit 1; }
else
	echo 'neither curl nor wget is installed on the host' >&2
	exit 1
fi
if [ -n "$sha256" ]; then
	found=$(sha256sum "$new")
	found=\${found%% *}
	if [ "$found" != "$sha256" ]; then
		echo "$url has the SHA-256 $found, not $sha256: nothing was put in place" >&2
		exit 1
	fi
fi`;
