import { readdirSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { type Diagnostic, Diagnostics, didYouMean } from '../diagnostics.ts';
import { BadInput } from '../errors.ts';
import { loadInventory } from '../inventory/load.ts';
import type { Inventory } from '../inventory/types.ts';
import { type LoadOptions, loadPlaybook } from '../playbook/load.ts';
import { previewIncludes } from '../playbook/preview.ts';
import { rolePlaybook } from '../playbook/role-play.ts';
import { isFile, isFolder } from '../playbook/search.ts';
import type { Playbook } from '../playbook/types.ts';
import { isMap } from '../vars/kinds.ts';
import { readYaml } from '../yaml/read.ts';
import { compile } from './compile.ts';
import { lint, lintInventory } from './lint.ts';
import { distinct } from './load.ts';

export type LintPathsOptions = Omit<LoadOptions, 'problems'> & {
	/** Without any, names and patterns that an inventory may define are not missed. */
	readonly inventories: readonly string[];
};

export type Linted = {
	/** Playbooks and roles that were looked at. */
	readonly looked: readonly string[];
	readonly problems: readonly Diagnostic[];
};

/**
 * Everything that is wrong, or does nothing, in playbooks, in roles (their folders), and in folders of both.
 * @throws BadInput for a path that is none of these.
 */
export async function lintPaths(paths: readonly string[], options: LintPathsOptions): Promise<Linted> {
	const problems = new Diagnostics();
	const inventory =
		options.inventories.length === 0
			? undefined
			: await loadInventory(options.inventories, {
					cwd: options.cwd,
					problems,
					decrypt: options.decrypt,
				});
	if (inventory !== undefined) {
		lintInventory(inventory, problems);
	}

	const looked = paths.flatMap((path) => contentOf(resolve(options.cwd, path)));
	for (const path of looked) {
		const reading = { ...options, problems };
		const playbook = isRole(path)
			? await rolePlaybook(
					basename(path),
					{ hosts: 'all' },
					// The role itself, before another one of its name.
					{
						...reading,
						cwd: dirname(dirname(path)),
						rolesPath: [dirname(path), ...(options.rolesPath ?? [])],
					},
				)
			: await loadPlaybook(path, reading);
		await lintOne(playbook, inventory, reading);
	}

	return { looked, problems: distinct(problems.list) };
}

async function lintOne(
	playbook: Playbook,
	inventory: Inventory | undefined,
	options: LoadOptions,
): Promise<void> {
	const { problems, extraVars = {}, cwd } = options;
	const previews = await previewIncludes(playbook, options);
	const plays =
		inventory === undefined
			? playbook.plays.map((play) => ({ play, hosts: [] }))
			: compile(playbook, inventory, {}, problems, { previews, cwd }).plays;
	lint(playbook, plays, { inventory, previews, extraVars, thorough: true, problems });
}

/** The playbooks and roles at a path. */
function contentOf(path: string): readonly string[] {
	if (isFile(path) || isRole(path)) {
		return [path];
	}

	if (!isFolder(path)) {
		const names = isFolder(dirname(path)) ? readdirSync(dirname(path)) : [];
		throw new BadInput(`there is no ${path}`, {
			hint: didYouMean(basename(path), names) ?? 'give a playbook or a role',
		});
	}

	const folders = [path, join(path, 'playbooks'), join(path, 'roles')].filter(isFolder);
	const found = folders.flatMap((folder) =>
		readdirSync(folder)
			.sort()
			.map((name) => join(folder, name))
			.filter((entry) => isRole(entry) || isPlaybook(entry)),
	);
	if (found.length === 0) {
		throw new BadInput(`there is no playbook and no role in ${path}`, {
			hint: 'name them: g2pbook lint site.yml',
		});
	}

	return found;
}

const isRole = (path: string): boolean =>
	['tasks', 'handlers', 'defaults', 'meta'].some((part) =>
		['main.yml', 'main.yaml'].some((name) => isFile(join(path, part, name))),
	);

/** A list with plays, or what is no YAML: other YAML files lie about, too. */
function isPlaybook(path: string): boolean {
	if (!/^[^.].*\.ya?ml$/.test(basename(path)) || !isFile(path)) {
		return false;
	}

	const problems = new Diagnostics();
	const content = readYaml(path, problems);
	// Passed by, a playbook with such a mistake would be taken for one that is well.
	const isBroken = problems.errors.some(({ summary }) => summary.startsWith('not valid YAML'));
	const hasPlays =
		Array.isArray(content) &&
		content.some(
			(entry: unknown) =>
				isMap(entry) && (Object.hasOwn(entry, 'hosts') || Object.hasOwn(entry, 'import_playbook')),
		);
	return isBroken || hasPlays;
}
