import { type Diagnostic, Diagnostics } from '../diagnostics.ts';
import { BadInput } from '../errors.ts';
import { loadInventory } from '../inventory/load.ts';
import { loadPlaybook } from '../playbook/load.ts';
import { previewIncludes } from '../playbook/preview.ts';
import type { Playbook } from '../playbook/types.ts';
import { compile } from './compile.ts';
import { lint, lintInventory } from './lint.ts';
import type { Plan, Selection } from './types.ts';
import type { Previews } from './walk.ts';

export type LoadAllOptions = {
	/** A path or name, or how a playbook is made (`rolePlaybook`, `taskPlaybook`). */
	readonly playbook: string | ((options: PlaybookOptions) => Promise<Playbook>);
	/** As given with -i. */
	readonly inventories: readonly string[];
	readonly selection?: Selection;
	/** Folder that relative paths start from. */
	readonly cwd: string;
	readonly rolesPath?: readonly string[] | undefined;
	readonly extraVars?: Readonly<Record<string, unknown>> | undefined;
	/** The text of a file named `*.age.yml`. */
	readonly decrypt?: ((file: string) => Promise<string>) | undefined;
};

export type PlaybookOptions = Parameters<typeof loadPlaybook>[1];

/** A plan, with what its includes bring as far as it is known, and the warnings. */
export type Loaded = {
	readonly plan: Plan;
	readonly previews: Previews;
	readonly warnings: readonly Diagnostic[];
};

/**
 * From what the person typed to a plan: everything is read and checked, no host is asked.
 * @throws BadInput with all problems at once.
 */
export async function loadAll(options: LoadAllOptions): Promise<Loaded> {
	const problems = new Diagnostics();
	const { cwd, rolesPath, decrypt, extraVars = {}, selection = {} } = options;
	const shared = { cwd, problems, ...(decrypt && { decrypt }) };
	const inventory = await loadInventory(options.inventories, shared);
	const inventoryIsWhole = problems.errors.length === 0;
	// How hosts are reached concerns every run; lintNames looks at the other values that this one uses.
	lintInventory(inventory, problems, (name) => name.startsWith('ansible_'));
	const reading = { ...shared, extraVars, ...(rolesPath && { rolesPath }) };
	const { playbook: wanted } = options;
	const playbook = await (typeof wanted === 'string' ? loadPlaybook(wanted, reading) : wanted(reading)).catch(
		(error: unknown) => {
			throw error instanceof BadInput
				? new BadInput(distinct([...problems.list, ...error.diagnostics]))
				: error;
		},
	);
	const previews = await previewIncludes(playbook, reading);
	const plan = compile(playbook, inventory, selection, problems, { previews, cwd });
	lint(playbook, plan.plays, {
		// Names are not missed when the file that may define them cannot be read.
		inventory: inventoryIsWhole ? inventory : undefined,
		previews,
		extraVars,
		thorough: false,
		problems,
	});
	const list = distinct(problems.list);
	if (problems.errors.length > 0) {
		throw new BadInput(list);
	}

	return { plan, previews, warnings: list };
}

/** Each problem once: a role that is used twice is read twice. */
export function distinct(list: readonly Diagnostic[]): readonly Diagnostic[] {
	const seen = new Set<string>();
	return list.filter(({ severity, summary, source }) => {
		const key = JSON.stringify([severity, summary, source?.file, source?.line, source?.column]);
		const isNew = !seen.has(key);
		seen.add(key);
		return isNew;
	});
}
