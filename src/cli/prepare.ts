import { printDiagnostics } from '../code-frame.ts';
import { Diagnostics } from '../diagnostics.ts';
import { BadInput } from '../errors.ts';
import { loadInventory } from '../inventory/load.ts';
import { type LoadAllOptions, type Loaded, loadAll } from '../plan/load.ts';
import { valuesOf } from '../plan/values.ts';
import { wantsColour } from '../report/style.ts';
import { decryptFile, findKeys, type Keys } from '../secrets/age.ts';
import { openSecretStore, type SecretStore } from '../secrets/secret-store.ts';
import { Redactor } from '../shell/secret.ts';
import { SecretReference } from '../vars/types.ts';
import { within } from '../vars/within.ts';
import { givenValues } from './extra-vars.ts';
import type { SelectionFlags, SourceFlags } from './flags.ts';
import { namedInventories } from './inventories.ts';
import type { Surroundings } from './perform.ts';

/** What is to be done, and what is needed for it. */
export type Prepared = Loaded & {
	readonly surroundings: Surroundings;
	readonly store: SecretStore | undefined;
};

/**
 * Read and check everything that the flags name; warnings are printed on stderr. No host is contacted.
 * @throws BadInput with all problems at once.
 */
export async function prepare(
	playbook: LoadAllOptions['playbook'],
	flags: SourceFlags & SelectionFlags,
	{ looking, listing = false }: { readonly looking: boolean; readonly listing?: boolean },
): Promise<Prepared> {
	const cwd = process.cwd();
	const inventories = namedInventories(flags);
	const keySources = { identityFile: flags.identity, env: process.env };
	let keys: Promise<Keys | undefined> | undefined;
	const decrypt = async (file: string) => {
		keys ??= findKeys(keySources);
		return decryptFile(file, await keys);
	};
	const extraVars = await givenValues(flags, { cwd, decrypt });
	const { limit, shard, tags, skipTags, startAtTask } = flags;
	const loaded = await loadAll({
		playbook,
		inventories,
		selection: { limit, shard, tags, skipTags, startAtTask },
		cwd,
		rolesPath: flags.rolesPath,
		extraVars,
		decrypt,
	});
	if (loaded.warnings.length > 0) {
		const colour = wantsColour(process.stderr, process.env);
		process.stderr.write(`${printDiagnostics(loaded.warnings, undefined, { colour })}\n`);
	}

	const { folder } = loaded.plan.inventory;
	const store =
		folder === undefined
			? undefined
			: await openSecretStore(folder, { ...keySources, readOnly: looking, lazy: listing });
	await store?.expect(within([...valuesOf(loaded.plan, loaded.previews)], SecretReference));
	return {
		...loaded,
		store,
		surroundings: {
			extraVars,
			secrets: store,
			redactor: knowing(store),
			decrypt,
			refreshInventory: async () => {
				const problems = new Diagnostics();
				const inventory = await loadInventory(inventories, { cwd, problems, decrypt });
				if (problems.errors.length > 0) {
					throw new BadInput(problems.list);
				}

				return inventory;
			},
		},
	};
}

/** A redactor of all that is stored: a host may show a secret before the run has asked for it. */
function knowing(store: SecretStore | undefined): Redactor {
	const redactor = new Redactor();
	for (const name of store?.names() ?? []) {
		redactor.add(store?.known(new SecretReference(name))?.reveal() ?? '');
	}

	return redactor;
}
