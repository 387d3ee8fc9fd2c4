import { makeBundle } from '../bundle/make.ts';
import { proxyAdvice } from '../bundle/not-had.ts';
import { packagesFor } from '../bundle/packages.ts';
import { previewBundle } from '../bundle/preview.ts';
import type { Site } from '../bundle/role.ts';
import { wantedBy } from '../bundle/wanted.ts';
import { Diagnostics } from '../diagnostics.ts';
import { BadInput, exitCodes } from '../errors.ts';
import { loadInventory } from '../inventory/load.ts';
import { roleFoldersFor } from '../playbook/context.ts';
import { decryptFile, findKeys } from '../secrets/age.ts';
import { givenValues } from './extra-vars.ts';
import type { BundleFlags } from './flags.ts';
import { namedInventories } from './inventories.ts';
import { version } from './version.ts';

/** Where lines go: what is told, and what is wrong. */
type Telling = { readonly say: (line: string) => void; readonly complain: (line: string) => void };

const toTerminal: Telling = {
	say: (line) => void process.stdout.write(`${line}\n`),
	complain: (line) => void process.stderr.write(`${line}\n`),
};

/** Make a bundle, or say what it would be; gives the exit code. @throws BadInput, UserError */
export async function bundleInto(
	folder: string,
	flags: BundleFlags,
	{ say, complain }: Telling = toTerminal,
): Promise<number> {
	const site = await siteOf(flags);
	const wanted = wantedBy(site, [...new Set(flags.machine ?? ['amd64' as const])]);
	if (wanted.length === 0) {
		say('No host of the inventory is for the cluster: its packages are all that it needs.');
	}

	if (flags.check !== true) {
		await makeBundle(folder, { wanted, packages: packagesFor(site) }, { tell: say, version });
		return exitCodes.ok;
	}

	const { lines, missing } = await previewBundle(folder, wanted);
	for (const line of lines) {
		say(line);
	}

	if (missing.length === 0) {
		return exitCodes.ok;
	}

	complain('What could not be had:');
	for (const line of [...missing, proxyAdvice(process.env)].filter((words) => words !== '')) {
		complain(`  ${line}`);
	}

	return exitCodes.hostFailed;
}

async function siteOf(flags: BundleFlags): Promise<Site> {
	const cwd = process.cwd();
	const problems = new Diagnostics();
	const options = {
		cwd,
		problems,
		decrypt: async (file: string) =>
			decryptFile(file, await findKeys({ identityFile: flags.identity, env: process.env })),
	};
	const inventory =
		flags.inventory === undefined ? undefined : await loadInventory(namedInventories(flags), options);
	const extraVars = await givenValues(flags, options);
	if (problems.errors.length > 0) {
		throw new BadInput(problems.list);
	}

	return {
		inventory,
		extraVars,
		roleFolders: roleFoldersFor(cwd, { cwd, rolesPath: flags.rolesPath ?? [] }),
		read: new Map(),
	};
}
