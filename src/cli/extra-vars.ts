import { Diagnostics } from '../diagnostics.ts';
import { BadInput } from '../errors.ts';
import { readExtraVars } from '../vars/extra-vars.ts';

/** What the `-e` options give. @throws BadInput when one of them cannot be used. */
export async function givenValues(
	{ extraVars = [] }: { readonly extraVars?: readonly string[] },
	options: { readonly cwd: string; readonly decrypt: (file: string) => Promise<string> },
): Promise<Readonly<Record<string, unknown>>> {
	const problems = new Diagnostics();
	const values = await readExtraVars(extraVars, { ...options, problems });
	if (problems.errors.length > 0) {
		throw new BadInput(problems.list);
	}

	return values;
}
