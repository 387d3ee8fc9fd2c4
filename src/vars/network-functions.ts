import { isIPv4, isIPv6 } from 'node:net';
import { type CelFunction, define } from './signature.ts';
import { Mistake } from './values.ts';

export const networkFunctions: readonly CelFunction[] = [
	define('ip_in_cidr(ip, cidr)', ['text', 'text'], (ip, cidr) => {
		const [address, network] = [parseAddress(ip), parseCidr(cidr)];
		return address.bits === network.bits && address.value >= network.first && address.value <= network.last;
	}),
	define('ip_wrap(address)', ['text'], (address) => (isIPv6(address) ? `[${address}]` : address)),
	define('cidr_host(cidr, n)', ['text', 'number'], cidrHost),
	define('cidr_overlap(a, b)', ['text', 'text'], (a, b) => {
		const [left, right] = [parseCidr(a), parseCidr(b)];
		return left.bits === right.bits && left.first <= right.last && right.first <= left.last;
	}),
];

type Address = { readonly bits: 32 | 128; readonly value: bigint };
type Network = { readonly bits: 32 | 128; readonly first: bigint; readonly last: bigint };

function parseAddress(text: string): Address {
	if (isIPv4(text)) {
		return { bits: 32, value: text.split('.').reduce((value, part) => (value << 8n) + BigInt(part), 0n) };
	}

	if (isIPv6(text) && !text.includes('%')) {
		return {
			bits: 128,
			value: sixteenBitParts(text).reduce((value, part) => (value << 16n) + BigInt(part), 0n),
		};
	}

	throw new Mistake(`"${text}" is not an IP address`);
}

function sixteenBitParts(text: string): readonly number[] {
	// A dotted tail (::ffff:10.0.0.1) is two more parts.
	const hexadecimal = text.replace(/[\d.]+$/, (tail) =>
		tail.includes('.')
			? tail
					.split('.')
					.map((part) => Number(part).toString(16).padStart(2, '0'))
					.join('')
					.replace(/(.{4})(.{4})/, '$1:$2')
			: tail,
	);
	const [before, after] = hexadecimal
		.split('::')
		.map((half) => half.split(':').filter((part) => part !== ''));
	const left = before ?? [];
	const right = after ?? [];
	const zeros: string[] = Array.from({ length: 8 - left.length - right.length }, () => '0');
	return [...left, ...zeros, ...right].map((part) => Number.parseInt(part, 16));
}

function parseCidr(text: string): Network {
	const [ip = '', length, ...rest] = text.split('/');
	const { bits, value } = parseAddress(ip);
	if (length === undefined || rest.length > 0 || !/^\d{1,3}$/.test(length) || Number(length) > bits) {
		throw new Mistake(`"${text}" is not a network such as 10.0.0.0/24`);
	}

	const hostBits = BigInt(bits - Number(length));
	const first = (value >> hostBits) << hostBits;
	return { bits, first, last: first + (1n << hostBits) - 1n };
}

function cidrHost(cidr: string, n: number): string {
	const { bits, first, last } = parseCidr(cidr);
	if (!Number.isSafeInteger(n)) {
		throw new Mistake(`cidr_host() counts in whole numbers, and got ${n}`);
	}

	const value = n < 0 ? last + 1n + BigInt(n) : first + BigInt(n);
	if (value < first || value > last) {
		throw new Mistake(`${cidr} has no address number ${n}: it has ${last - first + 1n}`);
	}

	return bits === 32 ? formatIPv4(value) : formatIPv6(value);
}

const formatIPv4 = (value: bigint): string =>
	[24n, 16n, 8n, 0n].map((shift) => String((value >> shift) & 255n)).join('.');

/** The canonical form of RFC 5952: the longest run of zeros, the first of equals, becomes `::`. */
function formatIPv6(value: bigint): string {
	const parts = Array.from({ length: 8 }, (_, index) =>
		((value >> BigInt(112 - 16 * index)) & 65_535n).toString(16),
	);
	const text = parts.join(':');
	const longest = [...text.matchAll(/\b0(?::0\b)+/g)].sort((a, b) => b[0].length - a[0].length)[0];
	if (longest === undefined) {
		return text;
	}

	const before = text.slice(0, longest.index).replace(/:$/, '');
	const after = text.slice(longest.index + longest[0].length).replace(/^:/, '');
	return `${before}::${after}`;
}
