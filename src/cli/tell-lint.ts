import { relative } from 'node:path';
import { printDiagnostics } from '../code-frame.ts';
import { exitCodes } from '../errors.ts';
import { lintPaths } from '../plan/lint-paths.ts';
import { wantsColour } from '../report/style.ts';
import { decryptFile, findKeys } from '../secrets/age.ts';
import { givenValues } from './extra-vars.ts';
import type { SourceFlags } from './flags.ts';

/** Print what is wrong in these paths; gives the exit code: 5 when something is, warnings alone are no failure. */
export async function lintAndTell(paths: readonly string[], flags: SourceFlags): Promise<number> {
	const cwd = process.cwd();
	const decrypt = async (file: string) =>
		decryptFile(file, await findKeys({ identityFile: flags.identity, env: process.env }));
	const { looked, problems } = await lintPaths(paths.length === 0 ? ['.'] : paths, {
		cwd,
		decrypt,
		rolesPath: flags.rolesPath ?? [],
		extraVars: await givenValues(flags, { cwd, decrypt }),
		inventories: flags.inventory ?? [],
	});
	if (problems.length === 0) {
		const [only = '', ...others] = looked;
		const what = others.length === 0 ? relative(cwd, only) || '.' : `${looked.length} playbooks and roles`;
		process.stdout.write(`nothing is wrong in ${what}\n`);
		return exitCodes.ok;
	}

	process.stdout.write(
		printDiagnostics(problems, undefined, { colour: wantsColour(process.stdout, process.env) }),
	);
	return problems.some(({ severity }) => severity === 'error') ? exitCodes.badInput : exitCodes.ok;
}
