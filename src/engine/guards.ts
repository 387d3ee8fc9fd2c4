import type { Reader } from '../module/contract.ts';
import { ReadFailed } from '../module/impossible.ts';
import type { Guards } from '../playbook/types.ts';
import { Command } from '../shell/command.ts';
import type { Vars } from '../vars/vars.ts';

/**
 * Why there is nothing to do for a verb, or undefined. `creates` and `removes` look for a path (wildcards as the
 * shell's), `unless` and `only_if` run a shell line that must only look.
 */
export async function nothingToDo(guards: Guards, vars: Vars, reader: Reader): Promise<string | undefined> {
	const { creates, removes, unless, onlyIf } = guards;
	const text = (value: string): string => String(vars.render(value));
	if (creates !== undefined && (await exists(text(creates), reader))) {
		return `${text(creates)} exists`;
	}

	if (removes !== undefined && !(await exists(text(removes), reader))) {
		return `${text(removes)} does not exist`;
	}

	if (unless !== undefined && (await succeeds(text(unless), reader))) {
		return `\`${text(unless)}\` succeeds`;
	}

	if (onlyIf !== undefined && !(await succeeds(text(onlyIf), reader))) {
		return `\`${text(onlyIf)}\` does not succeed`;
	}

	return undefined;
}

async function exists(path: string, reader: Reader): Promise<boolean> {
	if (!/[*?[]/.test(path)) {
		return (await reader.stat(path)) !== undefined;
	}

	const pattern = path.replaceAll(/[^\w/.*?[\]-]/g, (character) => `'${character}'`);
	return succeeds(`for found in ${pattern}; do [ -e "$found" ] && exit 0; done; exit 1`, reader);
}

async function succeeds(line: string, reader: Reader): Promise<boolean> {
	try {
		await reader.read(new Command(line));
		return true;
	} catch (error) {
		if (error instanceof ReadFailed) {
			return false;
		}

		throw error;
	}
}
