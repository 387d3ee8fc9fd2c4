import type { Diagnostics, Source } from '../diagnostics.ts';
import { checkExpression } from '../vars/names.ts';
import type { SyntaxProblem } from '../vars/template-parser.ts';
import { CelExpression } from '../vars/types.ts';
import { sourceOf } from '../yaml/positions.ts';
import { asCondition } from './as-cel.ts';
import { report, within } from './check-values.ts';
import { impossibleValue } from './fact-values.ts';
import type { Fields } from './fields.ts';
import { adviceOnJinja } from './jinja/advice.ts';
import { celFor } from './jinja/cel.ts';
import { inOurNames } from './our-names.ts';
import type { Condition } from './types.ts';

/** The conditions that a key holds, one or a list of them; undefined when it is not given. */
export function conditions(fields: Fields, key: string): readonly Condition[] | undefined {
	const value = fields.value(key);
	if (value === undefined) {
		return undefined;
	}

	const [container, items]: [object, readonly (readonly [string | number, unknown])[]] = Array.isArray(value)
		? [value, [...value.entries()]]
		: [fields.values, [[key, value]]];
	return items.flatMap(([at, item]) => {
		const condition = read(item, sourceOf(container, at) ?? fields.source(key));
		if (condition === undefined) {
			fields.problems.error(`"${key}" needs a condition, such as "ready && size(items) > 0"`, {
				source: sourceOf(container, at) ?? fields.source(key),
				hint: item === null ? 'it is empty: remove it' : undefined,
			});
			return [];
		}

		checkCondition(condition, fields.problems, (index) => within(container, at, index) ?? condition.source);
		return [condition];
	});
}

function read(item: unknown, source: Source): Condition | undefined {
	if (typeof item === 'boolean') {
		return { text: item, source };
	}

	if (item instanceof CelExpression) {
		return { text: item.text, source };
	}

	return typeof item === 'string' && item.trim() !== '' ? { text: item, source } : undefined;
}

/** Whether a condition can be read; what is Ansible's is answered with ours. */
export function checkCondition(
	{ text }: Condition,
	problems: Diagnostics,
	place: (index: number) => Source | undefined,
): void {
	if (typeof text === 'boolean') {
		return;
	}

	const problem: SyntaxProblem | undefined = text.includes('{{')
		? { message: 'a condition is an expression already: it takes no {{ }}', index: text.indexOf('{{') }
		: (checkExpression(text) ?? impossibleValue(text, asCondition));
	if (problem === undefined) {
		return;
	}

	const plain = celFor(text, true);
	const cel = plain && (inOurNames(plain) ?? plain);
	const better =
		cel !== undefined && checkExpression(cel) === undefined ? `write ${asCondition(cel)}` : undefined;
	report({ ...problem, hint: better ?? adviceOnJinja(text) ?? problem.hint }, problems, place);
}
