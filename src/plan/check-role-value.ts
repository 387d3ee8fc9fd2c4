import { type Diagnostics, didYouMean, type Source } from '../diagnostics.ts';
import type { ArgumentSpec, ValueType } from '../playbook/argument-spec.ts';
import { holdsLater } from '../playbook/check-arguments.ts';
import { show } from '../playbook/fields.ts';
import { isMap } from '../vars/kinds.ts';
import { sourceOf } from '../yaml/positions.ts';

const words: Readonly<Record<ValueType, string>> = {
	text: 'a text',
	number: 'a number',
	integer: 'a whole number',
	boolean: 'true or false',
	list: 'a list',
	mapping: 'a mapping',
	any: 'a value',
};

/** A value of a variable against what its role says. What is not known before the run is left to the role. */
export function checkRoleValue(
	name: string,
	value: unknown,
	spec: ArgumentSpec,
	source: Source | undefined,
	problems: Diagnostics,
): void {
	// null is how defaults say "nothing": whether that will do is what `required` is for.
	if (value === null && !spec.required) {
		return;
	}

	if (isMap(value) || Array.isArray(value) ? false : holdsLater(value)) {
		return;
	}

	if (!fits(value, spec.type)) {
		problems.error(`"${name}" needs ${words[spec.type]}, not ${show(value)}`, {
			source,
			hint: adviceOnRoleValue(spec.type, value) ?? (spec.description || undefined),
		});
		return;
	}

	if (spec.choices.length > 0 && !isMap(value) && !Array.isArray(value) && !spec.choices.includes(value)) {
		problems.error(`"${name}" needs one of ${spec.choices.map(show).join(', ')}, not ${show(value)}`, {
			source,
			hint: didYouMean(String(value), spec.choices.map(String)),
		});
	}

	for (const [index, item] of Array.isArray(value) ? value.entries() : []) {
		checkRoleValue(
			`${name}.${index}`,
			item,
			{
				...spec,
				type: spec.options === undefined ? spec.elements : 'mapping',
				elements: 'any',
				required: true,
			},
			(Array.isArray(value) ? sourceOf(value, index) : undefined) ?? source,
			problems,
		);
	}

	if (isMap(value) && spec.options !== undefined) {
		checkKeysOf(name, value, spec.options, source, problems);
	}
}

/** What was meant by a value of another type. */
function adviceOnRoleValue(type: ValueType, value: unknown): string | undefined {
	const text = typeof value === 'string' ? value.toLowerCase() : undefined;
	switch (type) {
		case 'boolean':
			return text === 'yes' || text === 'on' || text === 'true'
				? 'write true'
				: text === 'no' || text === 'off' || text === 'false'
					? 'write false'
					: undefined;
		case 'number':
		case 'integer':
			return text !== undefined && /^-?\d+$/.test(text) ? `write ${text}` : undefined;
		case 'list':
			return text === undefined || text === '' ? 'write []' : `write [${show(value)}]`;
		case 'text':
			return 'write a text in quotes, or type: raw in meta/argument_specs.yml, which takes anything';
		default:
			return undefined;
	}
}

function checkKeysOf(
	name: string,
	value: Readonly<Record<string, unknown>>,
	options: ReadonlyMap<string, ArgumentSpec>,
	source: Source | undefined,
	problems: Diagnostics,
): void {
	for (const [key, item] of Object.entries(value)) {
		const option = options.get(key);
		if (option === undefined) {
			problems.error(`"${name}" has no key "${key}"`, {
				source: sourceOf(value, key, 'key') ?? source,
				hint: didYouMean(key, options.keys()) ?? `its keys: ${[...options.keys()].join(', ')}`,
			});
		} else {
			checkRoleValue(`${name}.${key}`, item, option, sourceOf(value, key) ?? source, problems);
		}
	}

	for (const [key, option] of options) {
		if (option.required && !Object.hasOwn(value, key)) {
			problems.error(`"${name}" needs the key "${key}"`, { source, hint: option.description || undefined });
		}
	}
}

function fits(value: unknown, type: ValueType): boolean {
	switch (type) {
		case 'any':
			return true;
		case 'text':
			// A number in a text is no mistake: versions and passwords look like numbers.
			return typeof value === 'string' || typeof value === 'number';
		case 'number':
			return typeof value === 'number';
		case 'integer':
			return Number.isInteger(value);
		case 'boolean':
			return typeof value === 'boolean';
		case 'list':
			return Array.isArray(value);
		case 'mapping':
			return isMap(value);
	}
}
