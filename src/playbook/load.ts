import { dirname, resolve } from 'node:path';
import { isMap } from '../vars/kinds.ts';
import { sourceOf } from '../yaml/positions.ts';
import { checkKeys } from './advice.ts';
import { type Context, type LoadOptions, makeContext, readFile, roleFoldersFor } from './context.ts';
import { Fields, show } from './fields.ts';
import { inherit, noKeywords, type Own, readKeywords } from './keywords.ts';
import { readPlay } from './play.ts';
import { findPlaybook, isFile } from './search.ts';
import { staticText } from './static-text.ts';
import type { Play, Playbook } from './types.ts';

export type { LoadOptions } from './context.ts';

/**
 * A playbook with all roles and imports that it names. What is wrong goes to `options.problems`, all of it; what
 * is given is then what could be read.
 * @throws BadInput when there is no such playbook.
 */
export async function loadPlaybook(path: string, options: LoadOptions): Promise<Playbook> {
	const file = findPlaybook(path, options.cwd);
	const folder = dirname(file);
	const plays: Play[] = [];
	await readPlays(file, makeContext(options, folder), {}, [file], plays);
	return { file, folder, plays };
}

async function readPlays(
	file: string,
	context: Context,
	outer: Own,
	chain: readonly string[],
	plays: Play[],
): Promise<void> {
	const content = await readFile(file, context);
	const list: readonly unknown[] = Array.isArray(content) ? content : [];
	if (content !== undefined && list.length === 0) {
		const what =
			content === null || Array.isArray(content) ? 'this one is empty' : `this one holds ${show(content)}`;
		const source = isMap(content) ? sourceOf(content) : undefined;
		context.problems.error(`a playbook is a list of plays, and ${what}`, {
			source: source ?? { file, line: 1, column: 1 },
			hint: isMap(content) ? 'begin each play with "- "' : 'write plays such as "- hosts: all"',
		});
	}

	for (const [index, entry] of list.entries()) {
		if (!isMap(entry)) {
			context.problems.error(`a play is a mapping, not ${show(entry)}`, { source: sourceOf(list, index) });
			continue;
		}

		const fields = new Fields(entry, context.problems);
		const key = fields.keys.find((name) => /^(ansible\.builtin\.)?import_playbook$/.test(name));
		if (key !== undefined) {
			await importPlaybook(fields, key, file, context, outer, chain, plays);
			continue;
		}

		const play = await readPlay(fields, plays.length, context, file, outer);
		if (play !== undefined) {
			plays.push(play);
		}
	}
}

async function importPlaybook(
	fields: Fields,
	key: string,
	file: string,
	context: Context,
	outer: Own,
	chain: readonly string[],
	plays: Play[],
): Promise<void> {
	checkKeys(fields, 'import_playbook', [key, 'name', 'tags', 'vars', 'when']);
	const own = readKeywords(fields, 'play vars', 'import_playbook');
	const source = fields.source(key);
	const named = fields.text(key);
	const name = named && staticText(named, own.layers ?? [], context, source);
	if (name === undefined || name === '') {
		if (name === '') {
			fields.wrong(key, 'the name of a file');
		}

		return;
	}

	const target = resolve(dirname(file), name);
	if (!isFile(target) || chain.includes(target)) {
		fields.problems.error(
			chain.includes(target) ? `"${name}" imports itself` : `there is no playbook "${name}"`,
			{ source, hint: chain.includes(target) ? undefined : `looked for ${target}` },
		);
		return;
	}

	const folder = dirname(target);
	const inside: Context = {
		...context,
		folder,
		roleFolders: roleFoldersFor(folder, context),
	};
	const { when, tags, layers } = inherit(inherit(noKeywords(source, []), outer, source), own, source);
	await readPlays(target, inside, { when, tags, layers }, [...chain, target], plays);
}
