import { makeBundle } from '../bundle/make.ts';
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

const say = (line: string): void => {
	process.stdout.write(`${line}\n`);
};

/** Make a bundle, or say what it would be; gives the exit code. @throws BadInput, UserError */
export async function bundleInto(folder: string, flags: BundleFlags): Promise<number> {
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

	for (const line of missing.length === 0
		? []
		: ['What could not be had:', ...missing.map((one) => `  ${one}`)]) {
		process.stderr.write(`${line}\n`);
	}

	return missing.length === 0 ? exitCodes.ok : exitCodes.hostFailed;
}

async function siteOf(flags: BundleFlags): Promise<Site> {
	const cwd = process.cwd();
	const problems = new Diagnostics();
	const keys = findKeys({ identityFile: flags.identity, env: process.env });
	const options = { cwd, problems, decrypt: async (file: string) => decryptFile(file, await keys) };
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
	};
}
