import { isIP } from 'node:net';

type Request = {
	readonly ip: string;
	readonly names: readonly string[];
	readonly state: 'present' | 'absent';
};
type Entry = { readonly ip: string; readonly names: readonly string[]; readonly ours: boolean };

/** Lines with it are ours to change; all others belong to somebody else. */
const mark = '# g2pbook';

/**
 * The lines of a hosts file as they should be. Only lines with our mark are changed. Where a line of somebody
 * else gives one of the names another address, ours goes before it: the first one wins.
 */
export function editHosts(lines: readonly string[], { ip, names, state }: Request): readonly string[] {
	const foreign = lines.map(parse).filter((entry) => entry !== undefined && !entry.ours);
	const elsewhere = (entry: Entry | undefined) =>
		entry !== undefined &&
		isIP(entry.ip) === isIP(ip) &&
		entry.ip !== ip &&
		entry.names.some((name) => names.includes(name));
	const provided =
		names.every((name) => foreign.some((entry) => entry?.ip === ip && entry.names.includes(name))) &&
		!foreign.some(elsewhere);
	const line = `${ip} ${names.join(' ')} ${mark}`;

	let written = state === 'absent' || provided;
	const kept = lines.flatMap((old) => {
		const entry = parse(old);
		if (entry?.ours !== true || isIP(entry.ip) !== isIP(ip)) {
			return [old];
		}

		if (!written && entry.ip === ip && entry.names.some((name) => names.includes(name))) {
			written = true;
			return [same(entry.names, names) ? old : line];
		}

		const rest =
			state === 'absent' && entry.ip !== ip
				? entry.names
				: entry.names.filter((name) => !names.includes(name));
		return rest.length === entry.names.length
			? [old]
			: rest.length === 0
				? []
				: [`${entry.ip} ${rest.join(' ')} ${mark}`];
	});
	return inFront(written ? kept : [...kept, line], line, elsewhere);
}

/** Our line moves before the first foreign one that contradicts it. */
function inFront(
	lines: readonly string[],
	line: string,
	contradicts: (entry: Entry | undefined) => boolean,
): readonly string[] {
	const [first, ours] = [lines.findIndex((text) => contradicts(parse(text))), lines.indexOf(line)];
	return first === -1 || ours < first
		? lines
		: [...lines.slice(0, first), line, ...lines.slice(first, ours), ...lines.slice(ours + 1)];
}

function parse(line: string): Entry | undefined {
	const [ip, ...names] = (line.split('#')[0] ?? '').trim().split(/\s+/);
	return ip === undefined || ip === '' ? undefined : { ip, names, ours: line.trimEnd().endsWith(mark) };
}

const same = (a: readonly string[], b: readonly string[]) => a.join(' ') === b.join(' ');
