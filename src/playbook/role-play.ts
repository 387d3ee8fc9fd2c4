import { join } from 'node:path';
import { BadInput } from '../errors.ts';
import { type LoadOptions, makeContext } from './context.ts';
import { Fields, nowhere, type Values } from './fields.ts';
import { readPlay } from './play.ts';
import { readMeta } from './role-meta.ts';
import { findRole } from './search.ts';
import type { Playbook } from './types.ts';

// Playbooks that no file holds. They go through the same reader as those that a file holds.

/**
 * One role on its own hosts (`hosts` in its meta/main.yml), or on those given.
 * @throws BadInput when there is no such role, or it says nothing about hosts and none are given.
 */
export async function rolePlaybook(
	name: string,
	{ hosts }: { readonly hosts?: string | undefined },
	options: LoadOptions,
): Promise<Playbook> {
	const context = makeContext(options, options.cwd);
	const path = findRole(name, context.roleFolders, options.problems, undefined);
	if (path === undefined) {
		throw new BadInput(options.problems.list);
	}

	const pattern = hosts ?? (await readMeta(path, context)).hosts;
	if (pattern === undefined) {
		throw new BadInput(`the role "${name}" does not say which hosts it is for`, {
			hint: `give them with --hosts, or write "hosts: GROUP" into ${join(path, 'meta', 'main.yml')}`,
		});
	}

	return inMemory({ name: `Role ${name}`, hosts: pattern, roles: [name] }, options);
}

/** One task on some hosts, for `g2pbook exec`. `keywords` as they stand beside a module in a file. */
export const taskPlaybook = (
	hosts: string,
	module: string,
	args: unknown,
	keywords: Values,
	options: LoadOptions,
): Promise<Playbook> =>
	inMemory(
		{ name: module, hosts, gather_facts: false, tasks: [{ name: module, [module]: args, ...keywords }] },
		options,
	);

async function inMemory(values: Values, options: LoadOptions): Promise<Playbook> {
	const folder = options.cwd;
	const context = makeContext(options, folder);
	const play = await readPlay(new Fields(values, options.problems), 0, context, nowhere.file, {});
	return { file: nowhere.file, folder, plays: play === undefined ? [] : [play] };
}
