import { isIP } from 'node:net';

/**
 * A subject alternative name in one form: `DNS:`, `IP:`, `email:` or `URI:` in front. A bare address is an IP, a
 * bare name DNS. It reads what a person writes and what `openssl x509 -ext subjectAltName` prints.
 */
export function certificateName(text: string): string {
	const [, kind, value = ''] = /^(DNS|IP|IP Address|email|URI):(.*)$/.exec(text) ?? ['', undefined, text];
	const isAddress = kind?.startsWith('IP') ?? isIP(value) !== 0;
	return isAddress ? `IP:${address(value)}` : `${kind ?? 'DNS'}:${value}`;
}

// The one form of an IPv6 address that everybody writes.
const address = (text: string): string =>
	isIP(text) === 6 ? new URL(`http://[${text}]`).hostname.slice(1, -1) : text;

/** The names in what `openssl x509 -ext subjectAltName` prints, sorted. */
export const namesIn = (text: string): readonly string[] =>
	(/Subject Alternative Name:[^\n]*\n\s*([^\n]*)/.exec(text)?.[1] ?? '')
		.split(', ')
		.filter((name) => name !== '')
		.map(certificateName)
		.sort();
