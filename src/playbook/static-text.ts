import type { Source } from '../diagnostics.ts';
import { UserError } from '../errors.ts';
import type { Layer } from '../vars/types.ts';
import { Vars } from '../vars/vars.ts';
import type { Context } from './context.ts';
import { isTemplate } from './fields.ts';

/**
 * A name that is needed before any host is known: of hosts, of an imported file or role. It may hold variables of
 * `-e` and of the play; undefined after a problem.
 */
export function staticText(
	text: string,
	layers: readonly Layer[],
	{ problems, extraVars }: Context,
	source: Source,
): string | undefined {
	if (!isTemplate(text)) {
		return text;
	}

	const vars = new Vars([...layers, { kind: 'extra vars', origin: '-e', values: extraVars ?? {} }]);
	try {
		return String(vars.render(text));
	} catch (error) {
		if (!(error instanceof UserError)) {
			throw error;
		}

		problems.error(`"${text}" is needed before any host is known: ${error.message}`, {
			source,
			hint: 'only -e and the vars of the play are known here; include_tasks and include_role are resolved later',
		});
		return undefined;
	}
}
