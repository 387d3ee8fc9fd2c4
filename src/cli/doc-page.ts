import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { didYouMean } from '../diagnostics.ts';
import { BadInput } from '../errors.ts';
import type { Module } from '../module/contract.ts';
import { argumentsOf, kindOf } from '../module/describe.ts';
import { families, findModule, moduleNames } from '../modules/index.ts';
import { roleFoldersFor } from '../playbook/context.ts';
import { moduleAdvice } from '../playbook/module-advice.ts';
import { roleNames } from '../playbook/search.ts';
import { aboutTheSame } from './about.ts';
import { roleDescription, roleVariables } from './role-variables.ts';

/** All modules and roles, with a sentence each. */
export function docIndex(rolesPath: readonly string[], width: number): string {
	const folders = foldersFor(rolesPath);
	const roles = roleNames(folders).map(
		(name) => [name, roleDescription(folderOf(name, folders) ?? name)] as const,
	);
	const groups: readonly (readonly [title: string, entries: readonly Entry[]])[] = [
		...Object.entries(families).map(
			([family, members]) =>
				[`Modules: ${family}`, members.map(({ name, summary }): Entry => [name, summary])] as const,
		),
		...(roles.length === 0 ? [] : [['Roles', roles] as const]),
	];
	const first = columnFor(groups.flatMap(([, entries]) => entries));
	return [
		...groups.flatMap(([title, entries]) => [title, ...rows(entries, width, first), '']),
		'g2pbook doc NAME explains one.',
		'',
	].join('\n');
}

/** @throws BadInput when there is neither a module nor a role of that name. */
export function docPage(name: string, rolesPath: readonly string[], width: number): string {
	const module = findModule(name.replace(/^ansible\.(builtin|posix)\./, ''));
	if (module !== undefined) {
		return modulePage(module, width);
	}

	const folders = foldersFor(rolesPath);
	const folder = folderOf(name, folders);
	if (folder !== undefined) {
		return rolePage(name, folder, width);
	}

	throw new BadInput(`there is no module and no role "${name}"`, {
		hint:
			moduleAdvice(name) ??
			aboutTheSame(name) ??
			didYouMean(name, [...moduleNames, ...roleNames(folders)]) ??
			'"g2pbook doc" lists them all',
	});
}

const foldersFor = (rolesPath: readonly string[]): readonly string[] =>
	roleFoldersFor(process.cwd(), { cwd: process.cwd(), rolesPath });

const folderOf = (name: string, folders: readonly string[]): string | undefined =>
	folders.map((folder) => join(folder, name)).find((path) => existsSync(path));

function modulePage(module: Module, width: number): string {
	const { name, summary, examples, returns = {}, freeForm } = module;
	const fields = Object.entries(returns);
	return [
		`${name}: ${summary}`,
		...wrap(
			`${kindOf(module)}${freeForm === undefined ? '' : ` A plain text stands for ${freeForm}.`}`,
			width - 2,
		).map((line) => `  ${line}`),
		'',
		'Arguments (* must be given)',
		...rows(
			argumentsOf(module).map((argument) => [
				`${argument.name}${argument.required ? '*' : ''}`,
				`${argument.description} [${argument.type}${argument.default === undefined ? '' : `; default ${argument.default}`}]`,
			]),
			width,
		),
		'',
		'Examples',
		...examples.map((example) => `  - ${example}`),
		'',
		...(fields.length === 0
			? ['Result: changed, failed, skipped']
			: ['Result (beside changed, failed, skipped)', ...rows(fields, width)]),
		'',
	].join('\n');
}

function rolePage(name: string, folder: string, width: number): string {
	const readme = join(folder, 'README.md');
	if (existsSync(readme)) {
		return readFileSync(readme, 'utf8');
	}

	return [
		`${name}: ${roleDescription(folder)}`,
		'',
		'Variables (* must be given)',
		...rows(
			roleVariables(folder).map((variable) => [
				`${variable.name}${variable.required ? '*' : ''}`,
				`${variable.description} [${variable.type}${variable.default === undefined ? '' : `; default ${variable.default}`}]`,
			]),
			width,
		),
		'',
	].join('\n');
}

type Entry = readonly [name: string, text: string];

const columnFor = (entries: readonly Entry[]): number =>
	Math.min(26, Math.max(0, ...entries.map(([name]) => name.length))) + 2;

/** Two columns; the second is wrapped. */
function rows(entries: readonly Entry[], width: number, first = columnFor(entries)): string[] {
	return entries.flatMap(([name, text]) =>
		wrap(text, width - first - 2).map((line, index) => `  ${(index === 0 ? name : '').padEnd(first)}${line}`),
	);
}

function wrap(text: string, width: number): string[] {
	const lines: string[] = [];
	for (const word of text.split(/\s+/)) {
		const last = lines.at(-1);
		if (last === undefined || last.length + word.length + 1 > width) {
			lines.push(word);
		} else {
			lines[lines.length - 1] = `${last} ${word}`;
		}
	}

	return lines;
}
