import type { Diagnostics, Source } from '../diagnostics.ts';
import type { Layer } from '../vars/types.ts';
import { inherit, sourceOf } from '../yaml/positions.ts';
import { expandHosts } from './host-range.ts';
import type { GroupLayer } from './types.ts';

export type DraftHost = {
	readonly name: string;
	readonly source: Source | undefined;
	readonly layers: Layer[];
};

export type DraftGroup = {
	readonly name: string;
	readonly source: Source | undefined;
	/** Hosts in it itself. */
	readonly members: Set<string>;
	readonly children: Set<string>;
	readonly parents: Set<string>;
	readonly layers: GroupLayer[];
	priority: number;
};

/** Values as they stand in a file. */
export type Values = Readonly<Record<string, unknown>>;

/** An inventory while its sources are read: each adds to what those before it said. */
export class Draft {
	readonly hosts = new Map<string, DraftHost>();
	readonly groups = new Map<string, DraftGroup>();
	readonly problems: Diagnostics;
	readonly #checked = new Set<string>();
	constructor(problems: Diagnostics) {
		this.problems = problems;
		this.group('all');
		this.link('all', 'ungrouped');
	}

	/** The group, made when it is new. */
	group(name: string, source?: Source): DraftGroup {
		const known = this.groups.get(name);
		if (known !== undefined) {
			return known;
		}

		// Ansible takes these and then cannot address them in a pattern.
		if (/[\s,:!&*?~[\]{}@]/.test(name) || name === '') {
			this.problems.error(`"${name}" cannot be the name of a group`, {
				source,
				hint: 'use letters, digits and _: the others have a meaning in patterns',
			});
		}

		const made: DraftGroup = {
			name,
			source,
			members: new Set(),
			children: new Set(),
			parents: new Set(),
			layers: [],
			priority: 1,
		};
		this.groups.set(name, made);
		return made;
	}

	/** Put a group into another. */
	link(parent: string, child: string, source?: Source): void {
		const above = this.group(parent, source);
		const below = this.group(child, source);
		const circle = this.#way(child, parent);
		if (child === 'all') {
			this.problems.error('the group "all" holds every group and cannot be in one', { source });
		} else if (circle !== undefined) {
			this.problems.error(`groups that hold each other: ${[parent, ...circle].join(' → ')}`, {
				source,
				hint: 'remove one of these groups from the children of the one before it',
			});
		} else {
			above.children.add(child);
			below.parents.add(parent);
		}
	}

	/** The hosts that a word such as `web[1:3]:2222` names, put into a group and given these values. */
	add(word: string, group: string, values: Values, origin: string, source?: Source): readonly string[] {
		const named = expandHosts(word);
		if ('problem' in named) {
			this.problems.error(named.problem, { source, hint: named.hint });
			return [];
		}

		const { members } = this.group(group, source);
		for (const name of named.names) {
			members.add(name);
			const host = this.#host(name, source);
			if (named.port !== undefined) {
				host.layers.push({ kind: 'host vars', origin, values: { ansible_port: named.port } });
			}
		}

		for (const name of named.names) {
			this.hostValues(name, values, origin);
		}

		return named.names;
	}

	/** Values of one host; the same record may serve many hosts. */
	hostValues(name: string, values: Values, origin: string): void {
		this.#checkNames(values, origin);
		if (Object.keys(values).length > 0) {
			this.hosts.get(name)?.layers.push({ kind: 'host vars', origin, values });
		}
	}

	/** Values of a group in an inventory file. `ansible_group_priority` is taken out of them. */
	groupValues(name: string, values: Values, origin: string): void {
		this.#checkNames(values, origin);
		const { ansible_group_priority: priority, ...rest } = values;
		const group = this.group(name);
		if (priority === undefined) {
			group.layers.push({ kind: 'group vars', origin, values, rank: 0 });
			return;
		}

		group.layers.push({ kind: 'group vars', origin, values: inherit(rest, values), rank: 0 });
		const number = typeof priority === 'string' && priority.trim() !== '' ? Number(priority) : priority;
		if (typeof number === 'number' && Number.isInteger(number)) {
			group.priority = number;
		} else {
			this.problems.error('ansible_group_priority must be a whole number', {
				source: sourceOf(values, 'ansible_group_priority'),
			});
		}
	}

	#host(name: string, source: Source | undefined): DraftHost {
		const known = this.hosts.get(name);
		if (known !== undefined) {
			return known;
		}

		const made = { name, source, layers: [] };
		this.hosts.set(name, made);
		return made;
	}

	/** The groups on a way down from one to another, ends included. */
	#way(from: string, to: string, seen = new Set<string>()): readonly string[] | undefined {
		if (from === to) {
			return [to];
		}

		seen.add(from);
		for (const child of this.groups.get(from)?.children ?? []) {
			const rest = seen.has(child) ? undefined : this.#way(child, to, seen);
			if (rest !== undefined) {
				return [from, ...rest];
			}
		}

		return undefined;
	}

	#checkNames(values: Values, origin: string): void {
		for (const name of Object.keys(values)) {
			if (!this.#checked.has(name) && !/^[A-Za-z_]\w*$/.test(name)) {
				this.problems.warning(`"${name}" cannot be used in expressions`, {
					source: sourceOf(values, name, 'key') ?? { file: origin, line: 1, column: 1 },
					hint: 'name variables with letters, digits and _, a letter first',
				});
			}

			this.#checked.add(name);
		}
	}
}
