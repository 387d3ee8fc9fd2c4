import { isIP } from 'node:net';

/** `any`, or an address or network as ufw writes it: host bits cleared, /32 and /128 left out, IPv6 short. */
export function canonicalAddress(text: string): string | undefined {
	const [address = '', prefix] = text.split('/');
	const family = isIP(address);
	const bits = family === 4 ? 32 : 128;
	const length = prefix === undefined ? bits : Number(prefix);
	if (text === 'any') {
		return text;
	}

	if (family === 0 || !Number.isInteger(length) || length < 0 || length > bits) {
		return undefined;
	}

	const network = printAddress(
		(addressNumber(address) >> BigInt(bits - length)) << BigInt(bits - length),
		family,
	);
	return length === 0 ? 'any' : length === bits ? network : `${network}/${length}`;
}

/** Whether a network (or `any`) holds an address. */
export function holdsAddress(network: string, address: string): boolean {
	const [, prefix] = network.split('/');
	return (
		network === 'any' ||
		(isIP(network.split('/')[0] ?? '') === isIP(address) &&
			canonicalAddress(prefix === undefined ? address : `${address}/${prefix}`) === network)
	);
}

/** 4, 6, or undefined for `any`. */
export const familyOf = (address: string): 4 | 6 | undefined =>
	address === 'any' ? undefined : address.includes(':') ? 6 : 4;

function addressNumber(address: string): bigint {
	if (isIP(address) === 4) {
		return address.split('.').reduce((sum, part) => (sum << 8n) + BigInt(part), 0n);
	}

	// The URL parser writes every IPv6 address in the same short form, without a dotted tail.
	const short = new URL(`http://[${address}]`).hostname.slice(1, -1);
	const [head = '', tail] = short.split('::');
	const words = (part: string) => (part === '' ? [] : part.split(':'));
	const [first, last] = [words(head), words(tail ?? '')];
	const all =
		tail === undefined ? first : [...first, ...Array(8 - first.length - last.length).fill('0'), ...last];
	return all.reduce((sum, word) => (sum << 16n) + BigInt(`0x${word}`), 0n);
}

function printAddress(value: bigint, family: number): string {
	const [count, width] = family === 4 ? [4, 8n] : [8, 16n];
	const parts = Array.from({ length: count }, (_, index) => {
		const part = (value >> (width * BigInt(count - 1 - index))) & ((1n << width) - 1n);
		return part.toString(family === 4 ? 10 : 16);
	});
	return family === 4 ? parts.join('.') : new URL(`http://[${parts.join(':')}]`).hostname.slice(1, -1);
}
