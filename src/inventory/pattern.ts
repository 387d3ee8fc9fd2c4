import { readFileSync } from 'node:fs';
import { isIPv6 } from 'node:net';
import { resolve } from 'node:path';
import { type Diagnostic, didYouMean, type Source } from '../diagnostics.ts';
import { BadInput } from '../errors.ts';
import type { Inventory } from './types.ts';
import { matcher } from './wildcard.ts';

export { withHost, withMember } from './change.ts';

export type MatchOptions = {
	/** Where the pattern was written. */
	readonly source?: Source | undefined;
	/** Where `@FILE` starts; by default the process's folder. */
	readonly cwd?: string | undefined;
};

/**
 * Names of the hosts that a pattern means, each once, in the order of the inventory's groups: `web:&eu:!old`,
 * commas or colons, wildcards, `~regex`, `group[0]`, `group[-1]`, `group[1:3]`, `all`, `@FILE` with a pattern per
 * line. As in Ansible, `&` and `!` are applied last.
 * @throws BadInput for a name that is no group and no host, a file that cannot be read, or a broken pattern.
 */
export function matchHosts(
	pattern: string,
	inventory: Inventory,
	options: MatchOptions = {},
): readonly string[] {
	const problems: Diagnostic[] = [];
	const parts = split(pattern, options, problems);
	const find = (text: string) => new Set(findOne(text, inventory, options, problems));
	const plain = parts.filter((part) => !/^[&!]/.test(part));
	let hosts =
		plain.length > 0 || parts.length === 0 ? plain.flatMap((part) => [...find(part)]) : [...find('all')];
	for (const part of parts.filter((text) => text.startsWith('&'))) {
		const wanted = find(part.slice(1));
		hosts = hosts.filter((host) => wanted.has(host));
	}

	for (const part of parts.filter((text) => text.startsWith('!'))) {
		const unwanted = find(part.slice(1));
		hosts = hosts.filter((host) => !unwanted.has(host));
	}

	if (problems.length > 0) {
		throw new BadInput(problems);
	}

	return [...new Set(hosts)];
}

/** What each part of a pattern means by itself: the hosts of `web` and those of `db` in `web:db:!old`. `&` and `!` are none. */
export const hostsOfParts = (pattern: string, inventory: Inventory): readonly ReadonlySet<string>[] =>
	split(pattern, {}, [])
		.filter((part) => !/^[&!]/.test(part))
		.map((part) => new Set(findOne(part, inventory, {}, [])));

/** The parts of a pattern; separators inside of brackets belong to their part. */
function split(pattern: string, options: MatchOptions, problems: Diagnostic[]): readonly string[] {
	const text = pattern.trim();
	const separator = hasOutside(text, ',') ? ',' : ':';
	const parts = separator === ':' && isIPv6(text.replace(/^[&!]/, '')) ? [text] : cut(text, separator);
	return parts.flatMap((part) =>
		part.startsWith('@') ? fromFile(part.slice(1), options, problems) : part === '' ? [] : [part],
	);
}

const outside = (text: string, separator: string): readonly number[] => {
	const places: number[] = [];
	let depth = 0;
	for (const [index, sign] of [...text].entries()) {
		depth += '[({'.includes(sign) ? 1 : '])}'.includes(sign) ? -1 : 0;
		if (sign === separator && depth <= 0) {
			places.push(index);
		}
	}

	return places;
};

const hasOutside = (text: string, separator: string): boolean => outside(text, separator).length > 0;

function cut(text: string, separator: string): readonly string[] {
	const signs = [...text];
	const places = [-1, ...outside(text, separator), signs.length];
	return places.slice(1).map((end, index) =>
		signs
			.slice((places[index] ?? -1) + 1, end)
			.join('')
			.trim(),
	);
}

function fromFile(file: string, options: MatchOptions, problems: Diagnostic[]): readonly string[] {
	try {
		return readFileSync(resolve(options.cwd ?? process.cwd(), file), 'utf8')
			.split('\n')
			.map((line) => line.trim())
			.filter((line) => line !== '' && !line.startsWith('#'))
			.flatMap((line) => split(line, options, problems));
	} catch (error) {
		const summary = `cannot read the hosts in ${file}: ${error instanceof Error ? error.message : String(error)}`;
		problems.push({ severity: 'error', summary, source: options.source });
		return [];
	}
}

function findOne(
	part: string,
	inventory: Inventory,
	{ source }: MatchOptions,
	problems: Diagnostic[],
): readonly string[] {
	if (inventory.hosts.has(part)) {
		return [part];
	}

	const problem = (summary: string, hint?: string): readonly string[] => {
		problems.push({ severity: 'error', summary, hint, source });
		return [];
	};
	const [, name = part, subscript] = part.startsWith('~')
		? []
		: (/^(.+)\[(-?\d+|\d+:\d*)\]$/.exec(part) ?? []);
	const matches = matcher(name);
	if (matches === undefined) {
		return problem(`"${part}" is no valid pattern`, 'after ~ comes a regular expression');
	}

	const groups = [...inventory.groups.values()].filter((group) => matches(group.name));
	const special = /^~|[.?*[]/.test(name);
	const names = [...inventory.hosts.values()]
		.filter((host) => host.implicit !== true && (special || groups.length === 0) && matches(host.name))
		.map((host) => host.name);
	const found = [...new Set([...groups.flatMap(({ hosts }) => hosts), ...names])];
	if (found.length === 0 && groups.length === 0) {
		if (['localhost', '127.0.0.1', '::1'].includes(name)) {
			return ['localhost'];
		}

		const known = [...inventory.groups.keys(), ...inventory.hosts.keys()];
		return /^~|[?*[]/.test(name)
			? []
			: problem(
					`there is no group or host "${name}"`,
					didYouMean(name, known) ?? '"g2pbook inventory --graph" shows all of them',
				);
	}

	if (subscript === undefined || found.length === 0) {
		return found;
	}

	const [first = '', last] = subscript.split(':');
	const chosen =
		last === undefined
			? found.slice(Number(first)).slice(0, 1)
			: found.slice(Number(first), last === '' ? undefined : Number(last) + 1);
	return chosen.length > 0 && Number(first) >= -found.length
		? chosen
		: problem(`"${part}" means no host: "${name}" has ${found.length}`, 'counting starts at 0');
}
