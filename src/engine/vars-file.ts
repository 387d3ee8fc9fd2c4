import { Diagnostics } from '../diagnostics.ts';
import { BadInput } from '../errors.ts';
import { Secret } from '../shell/secret.ts';
import { within } from '../vars/within.ts';
import { readYaml } from '../yaml/read.ts';
import { sealed } from '../yaml/sealed.ts';
import type { ExecuteOptions } from './options.ts';

/**
 * The values of a vars file that is only known when it is reached. `*.age.yml` is decrypted.
 * @throws BadInput with the places of what is wrong in it.
 */
export async function readVarsFile(
	file: string,
	{ decrypt, redactor }: ExecuteOptions,
): Promise<Readonly<Record<string, unknown>>> {
	const problems = new Diagnostics();
	const text = file.endsWith('.age.yml') ? await decrypt?.(file) : undefined;
	const read = readYaml(file, problems, text);
	const values = text === undefined ? read : sealed(read);
	for (const secret of within(values, Secret)) {
		redactor.add(secret.reveal());
	}

	if (problems.errors.length > 0) {
		throw new BadInput(problems.errors);
	}

	if (values === null || values === undefined) {
		return {};
	}

	if (typeof values !== 'object' || Array.isArray(values)) {
		throw new BadInput(`${file}: a vars file holds a map of names to values`);
	}

	return { ...values };
}
