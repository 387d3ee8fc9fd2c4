import { Diagnostics } from '../diagnostics.ts';
import { loadAll } from '../plan/load.ts';
import { handlersOf, leavesOf } from '../plan/walk.ts';
import { roleFoldersFor } from '../playbook/context.ts';
import { roleFolder, roleNames, variableFiles } from '../playbook/search.ts';
import { isMap } from '../vars/kinds.ts';
import type { Layer } from '../vars/types.ts';
import { readYaml } from '../yaml/read.ts';

type Sources = {
	readonly inventories: readonly string[];
	readonly cwd: string;
	readonly rolesPath: readonly string[];
	readonly extraVars: Readonly<Record<string, unknown>>;
	readonly decrypt: (file: string) => Promise<string>;
};

/** What the plays of a playbook that concern a host, their roles, blocks and tasks say of a name. @throws BadInput */
export async function layersOfPlaybook(
	playbook: string,
	host: string,
	name: string,
	{ inventories, ...sources }: Sources,
): Promise<readonly Layer[]> {
	const { plan, previews } = await loadAll({ playbook, inventories, ...sources });
	const found = new Set<Layer>();
	for (const { play } of plan.plays.filter(({ hosts }) => hosts.includes(host))) {
		for (const { layers } of [play, ...leavesOf(play, previews), ...handlersOf(play, previews)]) {
			for (const layer of layers.filter(({ values }) => Object.hasOwn(values, name))) {
				found.add(layer);
			}
		}
	}

	return [...found];
}

/** What the roles that a name belongs to, by how it begins, say of it: `nfs_export_path` is a name of the role `nfs`. */
export function layersOfOwners(
	name: string,
	{ cwd, rolesPath }: Pick<Sources, 'cwd' | 'rolesPath'>,
): readonly Layer[] {
	const folders = roleFoldersFor(cwd, { cwd, rolesPath });
	const owners = roleNames(folders).filter((role) => name.startsWith(`${role.replaceAll('-', '_')}_`));
	return owners.flatMap((role) =>
		(['role defaults', 'role vars'] as const).flatMap((kind) => {
			const values = variableFiles(roleFolder(role, folders) ?? '', kind)
				.map((file) => readYaml(file, new Diagnostics()))
				.findLast((content) => isMap(content) && Object.hasOwn(content, name));
			return isMap(values) ? [{ kind, origin: `the role ${role}`, values }] : [];
		}),
	);
}
