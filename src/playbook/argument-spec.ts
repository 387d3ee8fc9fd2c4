import { join } from 'node:path';
import { type Diagnostics, didYouMean } from '../diagnostics.ts';
import { isMap } from '../vars/kinds.ts';
import { sourceOf } from '../yaml/positions.ts';
import { readYaml } from '../yaml/read.ts';
import { checkKeys } from './advice.ts';
import { Fields, show, type Values } from './fields.ts';
import { yamlFile } from './search.ts';
import { mapping } from './task-file.ts';

export const valueTypes = ['text', 'number', 'integer', 'boolean', 'list', 'mapping', 'any'] as const;
export type ValueType = (typeof valueTypes)[number];

/** What a role says of one of its variables. */
export type ArgumentSpec = {
	readonly type: ValueType;
	readonly description: string;
	readonly required: boolean;
	/** Empty: any value of the type. */
	readonly choices: readonly unknown[];
	/** Type of the items of a list. */
	readonly elements: ValueType;
	/** Keys of a mapping, or of each item of a list of mappings; undefined: any. */
	readonly options: ReadonlyMap<string, ArgumentSpec> | undefined;
};

// Ansible's words for the same.
const synonyms: Readonly<Record<string, ValueType>> = {
	str: 'text',
	string: 'text',
	path: 'text',
	secret: 'text',
	int: 'integer',
	float: 'number',
	bool: 'boolean',
	dict: 'mapping',
	map: 'mapping',
	raw: 'any',
};

/** `meta/argument_spec.yml` of a role; undefined when it has none. Ansible's two outer levels are allowed. */
export function readArgumentSpec(
	rolePath: string,
	problems: Diagnostics,
): ReadonlyMap<string, ArgumentSpec> | undefined {
	const file =
		yamlFile(join(rolePath, 'meta', 'argument_spec')) ?? yamlFile(join(rolePath, 'meta', 'argument_specs'));
	const content = file && mapping(readYaml(file, problems), file, problems, 'argument specs');
	return content === undefined || content === '' ? undefined : specs(inner(content), problems);
}

function inner(content: Values): Values {
	const main = isMap(content.argument_specs) ? content.argument_specs.main : content;
	return isMap(main) && isMap(main.options) ? main.options : content;
}

function specs(values: Values, problems: Diagnostics): ReadonlyMap<string, ArgumentSpec> {
	const found = new Map<string, ArgumentSpec>();
	for (const [name, value] of Object.entries(values)) {
		if (isMap(value)) {
			found.set(name, spec(new Fields(value, problems)));
		} else {
			problems.error(`the spec of "${name}" is a mapping, not ${show(value)}`, {
				source: sourceOf(values, name),
				hint: `write ${name}: {type: text, description: …}`,
			});
		}
	}

	return found;
}

function spec(fields: Fields): ArgumentSpec {
	checkKeys(fields, 'an argument spec', [
		'choices',
		'default',
		'description',
		'elements',
		'example',
		'no_log',
		'options',
		'required',
		'type',
	]);
	if (fields.has('default')) {
		fields.problems.error('values live in defaults/main.yml only', {
			source: fields.source('default', 'key'),
		});
	}

	const options = fields.record('options');
	return {
		type: typeOf(fields, 'type', options === undefined ? 'text' : 'mapping'),
		description: fields.texts('description').join(' '),
		required: fields.boolean('required') === true,
		choices: fields.list('choices', 'values'),
		elements: typeOf(fields, 'elements', 'any'),
		options: options && specs(options, fields.problems),
	};
}

function typeOf(fields: Fields, key: string, otherwise: ValueType): ValueType {
	const word = fields.text(key);
	const type = valueTypes.find((known) => known === word) ?? synonyms[word ?? ''];
	if (word !== undefined && type === undefined) {
		fields.wrong(
			key,
			`one of ${valueTypes.join(', ')}`,
			didYouMean(word, [...valueTypes, ...Object.keys(synonyms)]),
		);
	}

	return type ?? otherwise;
}
