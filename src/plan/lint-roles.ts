import { dirname } from 'node:path';
import { type Diagnostics, didYouMean, type Source } from '../diagnostics.ts';
import type { Inventory } from '../inventory/types.ts';
import { type ArgumentSpec, readArgumentSpec } from '../playbook/argument-spec.ts';
import { roleNames } from '../playbook/search.ts';
import type { IncludeNode, Play, Role, TaskNode } from '../playbook/types.ts';
import { isMap } from '../vars/kinds.ts';
import type { Layer } from '../vars/types.ts';
import { sourceOf } from '../yaml/positions.ts';
import { checkRoleValue } from './check-role-value.ts';
import type { Sight } from './sight.ts';
import { leavesOf, type Previews } from './walk.ts';

/** The values that the roles of a play get, from wherever, against their `meta/argument_spec.yml`. */
export function lintRoles(
	play: Play,
	hosts: readonly string[],
	inventory: Inventory | undefined,
	sight: Sight,
	extraVars: Readonly<Record<string, unknown>>,
	previews: Previews,
	problems: Diagnostics,
): void {
	const seen: (readonly unknown[])[] = [];
	for (const leaf of leavesOf(play, previews)) {
		const { role } = leaf;
		const own = leaf.layers.filter(({ kind }) => kind === 'parameters' || kind.startsWith('role '));
		const use = [role?.path, ...own.map(({ values }) => values)];
		if (
			role === undefined ||
			seen.some((other) => other.length === use.length && other.every((part, index) => part === use[index]))
		) {
			continue;
		}

		seen.push(use);
		const spec = readArgumentSpec(role.path, problems);
		if (spec !== undefined) {
			const given: readonly Layer[] = [
				...own,
				...play.layers,
				...hosts.flatMap((name) => inventory?.hosts.get(name)?.layers ?? []),
				{ kind: 'extra vars', origin: '-e', values: extraVars },
			];
			lintValues(role, spec, new Set(given), problems);
			lintRequired(role, spec, leaf, sight, problems);
		}
	}
}

/** What a spec calls the type that a default has. */
const wordFor = (value: unknown): string =>
	typeof value === 'boolean'
		? 'bool'
		: typeof value === 'number'
			? 'int'
			: Array.isArray(value)
				? 'list'
				: isMap(value)
					? 'dict'
					: typeof value === 'string' && !value.includes('{{')
						? 'str'
						: 'raw';

function lintValues(
	role: Role,
	spec: ReadonlyMap<string, ArgumentSpec>,
	layers: ReadonlySet<Layer>,
	problems: Diagnostics,
): void {
	const isOwn = ownNames(role);
	for (const { values, origin, kind } of layers) {
		for (const [name, value] of Object.entries(values)) {
			const argument = spec.get(name);
			const place = (part: 'key' | 'value'): Source | undefined => sourceOf(values, name, part);
			if (argument !== undefined) {
				checkRoleValue(name, value, argument, place('value'), problems);
			} else if (isOwn(name) && kind !== 'role vars') {
				const where = place('key') === undefined ? ` (in ${origin})` : '';
				problems.error(`the role "${role.name}" has no variable "${name}"${where}`, {
					source: place('key'),
					hint:
						didYouMean(name, spec.keys()) ??
						(kind === 'role defaults'
							? `write ${name}: {type: ${wordFor(values[name])}} into the options of meta/argument_specs.yml, or leave it out`
							: `"g2pbook doc ${role.name}" lists them`),
				});
			}
		}
	}
}

function lintRequired(
	role: Role,
	spec: ReadonlyMap<string, ArgumentSpec>,
	leaf: TaskNode | IncludeNode,
	sight: Sight,
	problems: Diagnostics,
): void {
	for (const [name, { required, description }] of spec) {
		if (required && !sight.open && sight.definitions(name, leaf) === undefined) {
			problems.error(`the role "${role.name}" needs "${name}"`, {
				source: role.source ?? leaf.source,
				hint: description || 'set it in the inventory, or beside the role',
			});
		}
	}
}

/** Whether a name is one of the role's: `nginx_rp_port` is, `nginx_rp__version` is for itself only. */
function ownNames(role: Role): (name: string) => boolean {
	const prefixOf = (name: string): string => `${name.replaceAll('-', '_')}_`;
	const prefix = prefixOf(role.name);
	// With a role "postgres" beside "postgres-native", postgres_native_port is the latter's.
	const longer = roleNames([dirname(role.path)])
		.map(prefixOf)
		.filter((other) => other.length > prefix.length && other.startsWith(prefix));
	return (name) =>
		name.startsWith(prefix) &&
		!name.startsWith(`${prefix}_`) &&
		!longer.some((other) => name.startsWith(other));
}
