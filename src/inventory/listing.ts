import { dots, Secret } from '../shell/secret.ts';
import { CelExpression, SecretReference, VaultedValue } from '../yaml/tags.ts';
import type { Inventory } from './types.ts';

type Json = Readonly<Record<string, unknown>>;

/** The whole inventory in the form of `ansible-inventory --list`. Values are raw; secrets are dots. */
export function listing({ groups, hosts }: Inventory): Json {
	const shown: Record<string, unknown> = {};
	for (const { name, children, members } of groups.values()) {
		const group = {
			...(children.length > 0 ? { children } : {}),
			// As in Ansible: what is in `all` alone shows below `ungrouped`.
			...(members.length > 0 && name !== 'all' ? { hosts: members } : {}),
		};
		if (Object.keys(group).length > 0) {
			shown[name] = group;
		}
	}

	const real = [...hosts.values()].filter(({ implicit }) => implicit !== true);
	const hostvars = real
		.filter(({ variables }) => Object.keys(variables).length > 0)
		.map(({ name, variables }) => [name, plain(variables)]);
	return { _meta: { hostvars: Object.fromEntries(hostvars) }, ...shown };
}

/** The groups as a tree, in the form of `ansible-inventory --graph`. */
export function graph(inventory: Inventory, group = 'all', depth = 0): string {
	const { children = [], members = [] } = inventory.groups.get(group) ?? {};
	return [
		branch(`@${group}:`, depth),
		...children.map((child) => graph(inventory, child, depth + 1)),
		...(group === 'all' ? [] : members.map((host) => branch(host, depth + 1))),
	].join('\n');
}

const branch = (name: string, depth: number): string =>
	depth === 0 ? name : `${'  |'.repeat(depth)}--${name}`;

/** Raw values as JSON can show them: tags as they are written in YAML, secrets as dots. */
export function plain(value: unknown): unknown {
	if (value instanceof Secret || value instanceof SecretReference) {
		return dots;
	}

	if (value instanceof CelExpression) {
		return `!cel ${value.text}`;
	}

	if (value instanceof VaultedValue) {
		return { __ansible_vault: value.text };
	}

	if (Array.isArray(value)) {
		return value.map(plain);
	}

	return typeof value === 'object' && value !== null
		? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]))
		: value;
}
