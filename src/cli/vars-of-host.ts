import { relative } from 'node:path';
import { stringify } from 'yaml';
import { Diagnostics, didYouMean, place } from '../diagnostics.ts';
import { BadInput, UserError } from '../errors.ts';
import { loadInventory } from '../inventory/load.ts';
import type { Inventory, InventoryHost } from '../inventory/types.ts';
import { decryptFile, findKeys } from '../secrets/age.ts';
import { dots, Secret } from '../shell/secret.ts';
import { CelExpression, type Layer, SecretReference, Unknown, VaultedValue } from '../vars/types.ts';
import { mapTexts } from '../vars/values.ts';
import { type Definition, Vars } from '../vars/vars.ts';
import { givenValues } from './extra-vars.ts';
import type { VarsFlags } from './flags.ts';
import { namedInventories } from './inventories.ts';
import { layersOfOwners, layersOfPlaybook } from './layers-of-roles.ts';

/** The variables of a host as YAML, or with `--explain` where one of them comes from. @throws BadInput */
export async function printVars(name: string, flags: VarsFlags): Promise<string> {
	const problems = new Diagnostics();
	const options = {
		cwd: process.cwd(),
		problems,
		decrypt: async (file: string) =>
			decryptFile(file, await findKeys({ identityFile: flags.identity, env: process.env })),
	};
	const inventory = await loadInventory(namedInventories(flags), options);
	const extra = await givenValues(flags, options);
	if (problems.errors.length > 0) {
		throw new BadInput(problems.list);
	}

	const host = inventory.hosts.get(name);
	if (host === undefined) {
		throw new BadInput(`there is no host "${name}" in the inventory`, {
			hint: didYouMean(name, inventory.hosts.keys()) ?? 'g2pbook inventory --list shows all',
		});
	}

	const { explain: wanted, playbook, rolesPath = [] } = flags;
	const sources = { ...options, rolesPath, extraVars: extra, inventories: namedInventories(flags) };
	const more =
		wanted === undefined
			? []
			: playbook === undefined
				? layersOfOwners(wanted, sources)
				: await layersOfPlaybook(playbook, name, wanted, sources);
	const vars = new Vars([...more, ...host.layers, ...known(inventory, host, extra)], {
		// No key is needed to look around: a secret is dots whatever it is.
		secrets: { get: () => new Secret(dots) },
		folder: inventory.folder,
	});
	return wanted === undefined ? all(vars) : explain(wanted, vars, name);
}

function known(
	inventory: Inventory,
	host: InventoryHost,
	extra: Readonly<Record<string, unknown>>,
): readonly Layer[] {
	return [
		{ kind: 'extra vars', origin: '-e', values: extra },
		{
			kind: 'facts',
			origin: 'facts',
			values: { facts: new Unknown(`the facts of ${host.name}`) },
			literal: true,
		},
		{
			kind: 'magic',
			origin: 'g2pbook',
			literal: true,
			values: {
				inventory_hostname: host.name,
				inventory_hostname_short: host.name.split('.')[0],
				group_names: host.groups,
				groups: Object.fromEntries([...inventory.groups.values()].map(({ name, hosts }) => [name, hosts])),
				...(inventory.folder === undefined ? {} : { inventory_dir: inventory.folder }),
			},
		},
	];
}

const hidden = new Set(['facts', 'groups']);

function all(vars: Vars): string {
	return [...vars.names()]
		.filter((name) => !hidden.has(name))
		.sort()
		.map((name) => one(name, vars))
		.join('');
}

function one(name: string, vars: Vars): string {
	try {
		return stringify({ [name]: shown(vars.get(name)) }, { lineWidth: 0 });
	} catch (error) {
		if (!(error instanceof UserError)) {
			throw error;
		}

		return `# ${name}: ${error.message.split('\n', 1)[0]}\n`;
	}
}

function explain(name: string, vars: Vars, host: string): string {
	const definitions = vars.explain(name);
	if (definitions.length === 0) {
		throw new BadInput(`nothing gives "${name}" to ${host}`, {
			hint:
				didYouMean(name, vars.names()) ??
				'it may come from a playbook, which --playbook names, from a registered result, or from facts',
		});
	}

	const rows = definitions.map((definition, index) => [
		index === 0 ? 'wins' : 'beaten',
		where(definition),
		definition.layer.kind,
		written(definition.value),
	]);
	const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
	const table = rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '));
	return `${one(name, vars)}\n${table.map((line) => `  ${line.trimEnd()}\n`).join('')}`;
}

const where = ({ layer, source }: Definition): string =>
	source === undefined ? layer.origin : place({ ...source, file: shortest(source.file) });

const shortest = (file: string): string => {
	const short = relative('', file);
	return short.startsWith('..') ? file : short;
};

/** A value as the file has it, on one line. */
function written(value: unknown): string {
	if (value instanceof CelExpression) {
		return `!cel ${value.text}`;
	}

	if (value instanceof SecretReference) {
		return `!secret ${value.name}`;
	}

	if (value instanceof VaultedValue) {
		return '!vault';
	}

	const text = typeof value === 'string' ? value : JSON.stringify(shown(value));
	return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

const shown = (value: unknown): unknown => mapTexts(value, (text) => (text instanceof Secret ? dots : text));
