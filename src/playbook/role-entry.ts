import type { Diagnostics, Source } from '../diagnostics.ts';
import { checkKeys } from './advice.ts';
import { Fields, type Values } from './fields.ts';
import { inherited, type Own, readKeywords } from './keywords.ts';

const form = 'write "- base" or "- {role: base, vars: {…}, tags: […], when: …}"';

/** An entry of `roles:` or of a role's dependencies: its name, and what it says beside. */
export function readRoleEntry(
	entry: Values | string | null,
	source: Source,
	problems: Diagnostics,
): { readonly name: string; readonly own: Own; readonly source: Source } | undefined {
	if (typeof entry === 'string') {
		return { name: entry, own: {}, source };
	}

	const fields = new Fields(entry ?? {}, problems);
	const key = fields.has('role') ? 'role' : 'name';
	const name = fields.text(key);
	if (name === undefined || name === '') {
		problems.error('an entry of "roles" needs the name of a role', { source, hint: form });
		return undefined;
	}

	checkKeys(
		fields,
		'a role entry',
		[...inherited, 'role', 'name'],
		{},
		'parameters of a role go below "vars"',
	);
	return { name, own: readKeywords(fields, 'parameters', `role ${name}`), source: fields.source(key) };
}
