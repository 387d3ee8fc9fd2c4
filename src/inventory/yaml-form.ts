import { didYouMean, type Source } from '../diagnostics.ts';
import { sourceOf } from '../yaml/positions.ts';
import type { Draft, Values } from './draft.ts';

const sections = ['hosts', 'vars', 'children'] as const;

/** Add what a YAML (or JSON) inventory says: groups by name, each with `hosts`, `vars` and `children`. */
export function addYaml(data: unknown, origin: string, draft: Draft): void {
	if (!isValues(data)) {
		draft.problems.error(`${origin} holds no inventory: expected groups by name`, {
			source: sourceIn(data),
			hint: 'begin with "all:" and below it "hosts:" or "children:"',
		});
		return;
	}

	if (typeof data.plugin === 'string') {
		draft.problems.error(
			`${origin} is the configuration of an inventory plugin of Ansible, which g2pbook does not run`,
			{
				source: sourceOf(data, 'plugin'),
				hint: 'use an executable that prints the inventory as JSON: it can call "ansible-inventory --list"',
			},
		);
		return;
	}

	for (const [name, group] of Object.entries(data)) {
		addGroup(name, group, sourceOf(data, name, 'key'), origin, draft);
	}
}

function addGroup(
	name: string,
	data: unknown,
	source: Source | undefined,
	origin: string,
	draft: Draft,
): void {
	draft.group(name, source);
	if (data === null) {
		return;
	}

	if (!isValues(data)) {
		draft.problems.error(`the group "${name}" must have "hosts", "vars" or "children" below it`, { source });
		return;
	}

	for (const key of Object.keys(data)) {
		if (!sections.some((section) => section === key)) {
			draft.problems.error(`the group "${name}" has no key "${key}"`, {
				source: sourceOf(data, key, 'key'),
				hint: `${didYouMean(key, sections) ?? 'a group has "hosts", "vars" and "children"'}; a group inside it goes below "children:", a variable below "vars:"`,
			});
		}
	}

	const vars = section(data, 'vars', name, draft);
	if (Object.keys(vars).length > 0) {
		draft.groupValues(name, vars, origin);
	}

	const hosts = section(data, 'hosts', name, draft);
	for (const [word, values] of Object.entries(hosts)) {
		draft.add(word, name, hostValues(hosts, word, values, draft), origin, sourceOf(hosts, word, 'key'));
	}

	const children = section(data, 'children', name, draft);
	for (const [child, content] of Object.entries(children)) {
		const place = sourceOf(children, child, 'key');
		draft.link(name, child, place);
		addGroup(child, content, place, origin, draft);
	}
}

/** One of the three maps of a group. As in Ansible, a single name may stand for a map with that key. */
function section(data: Values, key: (typeof sections)[number], group: string, draft: Draft): Values {
	const value = data[key];
	if (value === undefined || value === null) {
		return {};
	}

	if (typeof value === 'string' && key !== 'vars') {
		return { [value]: null };
	}

	if (isValues(value)) {
		return value;
	}

	draft.problems.error(`"${key}" of the group "${group}" must be a map`, {
		source: sourceOf(data, key),
		hint:
			key === 'vars' ? 'write NAME: VALUE' : 'write each name with a colon behind it, and no dash before it',
	});
	return {};
}

function hostValues(hosts: Values, word: string, values: unknown, draft: Draft): Values {
	if (values === null) {
		return {};
	}

	if (isValues(values)) {
		return values;
	}

	draft.problems.error(`the variables of the host "${word}" must be a map`, {
		source: sourceOf(hosts, word),
		hint: 'write NAME: VALUE below it',
	});
	return {};
}

const sourceIn = (data: unknown): Source | undefined =>
	typeof data === 'object' && data !== null ? sourceOf(data) : undefined;

/** A map, and none of the objects that a tag makes. */
export const isValues = (value: unknown): value is Values =>
	typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
