import { readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { place } from '../diagnostics.ts';
import type { LoadOptions } from './context.ts';
import { isTemplate } from './fields.ts';
import { readIncluded } from './include.ts';
import { scopeOf } from './include-node.ts';
import { isFile, isFolder, placesOf, roleNames } from './search.ts';
import type { Included, IncludeNode, Node, Playbook } from './types.ts';

/**
 * What the includes of a playbook can bring, as far as their names tell: a name with a template stands for all
 * files or roles that fit around it. undefined for an include of which nothing can be known. What is wrong in
 * those files is told now and not in the middle of a run.
 */
export async function previewIncludes(
	playbook: Playbook,
	options: LoadOptions,
): Promise<ReadonlyMap<IncludeNode, readonly Included[] | undefined>> {
	const previews = new Map<IncludeNode, readonly Included[] | undefined>();
	const walk = async (nodes: readonly Node[], chain: readonly string[]): Promise<void> => {
		for (const node of nodes) {
			if (node.kind === 'block') {
				await walk([...node.body, ...node.rescue, ...node.always], chain);
			} else if (node.kind === 'include') {
				await preview(node, chain);
			}
		}
	};
	const preview = async (node: IncludeNode, chain: readonly string[]): Promise<void> => {
		const targets = targetsOf(node);
		const found: Included[] = [];
		previews.set(node, targets && found);
		for (const target of targets ?? []) {
			// An include may reach itself: what it brings is known by then.
			const step = `${place(node.source)} ${target}`;
			if (!chain.includes(step)) {
				const included = await readIncluded(node, target, playbook, options);
				found.push(included);
				await walk(included.nodes, [...chain, step]);
			}
		}
	};
	for (const play of playbook.plays) {
		for (const section of play.sections) {
			await walk(section.nodes, []);
		}
	}

	return previews;
}

/** Names that the target can have. */
function targetsOf(node: IncludeNode): readonly string[] | undefined {
	const { target, loop, loopControl, what } = node;
	if (!isTemplate(target)) {
		return [target];
	}

	const item = new RegExp(`\\{\\{\\s*${loopControl.loopVar}\\s*\\}\\}`, 'g');
	const rest = target.replaceAll(item, '');
	if (
		Array.isArray(loop) &&
		!isTemplate(rest) &&
		loop.every((one) => typeof one === 'string' && !isTemplate(one))
	) {
		return loop.map((one) => target.replaceAll(item, String(one)));
	}

	const names = what === 'tasks' ? filesFor(node) : roleNames(scopeOf(node)?.context.roleFolders ?? []);
	const fits = fitting(what === 'tasks' ? basename(target) : target);
	const found = fits === undefined ? [] : names.filter((name) => fits.test(basename(name)));
	return found.length === 0 ? undefined : found;
}

/** Files in the folders in which the target can be; none when the folder itself is a template. */
function filesFor(node: IncludeNode): readonly string[] {
	const folder = dirname(node.target);
	return isTemplate(folder)
		? []
		: [...new Set(placesOf(folder, 'tasks', node))]
				.filter(isFolder)
				.flatMap((path) => readdirSync(path).map((name) => join(path, name)))
				.filter(isFile);
}

/** What a name with templates can be; undefined when it says too little. */
export function fitting(text: string): RegExp | undefined {
	const parts = text.split(/\{\{[^}]*\}\}/);
	const known = parts.join('').replace(/\.\w+$/, '');
	return known.length < 2
		? undefined
		: new RegExp(`^${parts.map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('.+')}$`);
}
