import { isIPv6 } from 'node:net';

/** The hosts that a word in an inventory names. */
export type NamedHosts = { readonly names: readonly string[]; readonly port?: number | undefined };

/** A word that names no host, with what is wrong about it. */
export type NoHosts = { readonly problem: string; readonly hint?: string | undefined };

/** More hosts than this in one word are a slip of the finger. */
const rangeLimit = 65_536;

/** `web[01:20]`, `web[01:20:2]`, `db[a:c]`, several of them, and a port behind: `web[1:3].example.org:2222`. */
export function expandHosts(word: string): NamedHosts | NoHosts {
	const [, bracketed, bracketedPort] = /^\[([^[\]]+)\]:(\d+)$/.exec(word) ?? [];
	const address = bracketed ?? /^\[([^[\]]+)\]$/.exec(word)?.[1] ?? word;
	if (isIPv6(address)) {
		return { names: [address], port: bracketedPort === undefined ? undefined : Number(bracketedPort) };
	}

	const [, pattern = word, digits] = /^((?:[^:[\]]|\[[^\]]*\])*):(\d+)$/.exec(word) ?? [];
	const port = digits === undefined ? undefined : Number(digits);
	if (port !== undefined && (port < 1 || port > 65_535)) {
		return { problem: `${port} is no port`, hint: 'ports are 1 to 65535' };
	}

	if (/[:]$/.test(pattern)) {
		return { problem: `"${word}" ends with a colon`, hint: 'write NAME:PORT, or the name alone' };
	}

	if (/[\s,!&*?{}]/.test(pattern) || pattern === '' || pattern === '---') {
		return {
			problem: `"${word}" cannot be the name of a host`,
			hint: 'names are written without , ! & * ? { } and blanks',
		};
	}

	const names = expand(pattern);
	return 'problem' in names ? names : { names: names.names, port };
}

function expand(pattern: string): { readonly names: readonly string[] } | NoHosts {
	const [, head = '', inner = '', tail = ''] = /^([^[]*)\[([^\]]*)\](.*)$/s.exec(pattern) ?? [];
	if (!pattern.includes('[')) {
		return pattern.includes(']') ? { problem: `"${pattern}" has ] without [` } : { names: [pattern] };
	}

	const items = range(inner, pattern);
	if ('problem' in items) {
		return items;
	}

	const rest = expand(tail);
	if ('problem' in rest) {
		return rest;
	}

	return items.names.length * rest.names.length > rangeLimit
		? { problem: `"${pattern}" stands for more than ${rangeLimit} hosts` }
		: { names: items.names.flatMap((item) => rest.names.map((end) => `${head}${item}${end}`)) };
}

// A tail without a range may be empty, which a host name may not.
const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';

function range(inner: string, pattern: string): { readonly names: readonly string[] } | NoHosts {
	const [begin = '', end = '', stepText = '1', ...rest] = inner.split(':');
	const hint = 'ranges are [01:20], [01:20:2] or [a:c]';
	const numeric = /^\d*$/.test(begin) && /^\d+$/.test(end);
	const first = numeric ? Number(begin) : letters.indexOf(begin);
	const last = numeric ? Number(end) : letters.indexOf(end);
	const step = Number(stepText);
	const single = begin.length === 1 && end.length === 1;
	if (rest.length > 0 || !/^[1-9]\d*$/.test(stepText) || !(numeric || (single && first >= 0 && last >= 0))) {
		return { problem: `"${pattern}" has a range that is none`, hint };
	}

	const padded = begin.length > 1 && begin.startsWith('0');
	if (padded && begin.length !== end.length) {
		return { problem: `in "${pattern}" both ends of the range need the same number of digits`, hint };
	}

	if (first > last) {
		return { problem: `in "${pattern}" the range ends before it begins`, hint };
	}

	const length = Math.floor((last - first) / step) + 1;
	if (length > rangeLimit) {
		return { problem: `"${pattern}" stands for more than ${rangeLimit} hosts` };
	}

	return {
		names: Array.from({ length }, (_, index) => {
			const item = first + index * step;
			return numeric ? String(item).padStart(padded ? begin.length : 0, '0') : letters.charAt(item);
		}),
	};
}
