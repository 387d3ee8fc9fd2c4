import { join } from 'node:path';
import { Diagnostics, didYouMean } from '../diagnostics.ts';
import { isMap } from '../vars/kinds.ts';
import { sourceOf } from '../yaml/positions.ts';
import { readYaml } from '../yaml/read.ts';
import { checkKeys } from './advice.ts';
import { Fields, show, type Values } from './fields.ts';
import { variableFiles, yamlFile } from './search.ts';
import { mapping } from './task-file.ts';
import { inYaml, sameInYaml } from './yaml-text.ts';

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
	return content === undefined || content === ''
		? undefined
		: specs(inner(content), { problems, given: defaultsOf(rolePath) });
}

function inner(content: Values): Values {
	const main = isMap(content.argument_specs) ? content.argument_specs.main : content;
	return isMap(main) && isMap(main.options) ? main.options : content;
}

/** What a role gives its variables; what is wrong with that file is said where the role is read. */
const defaultsOf = (rolePath: string): Values => {
	const contents = variableFiles(rolePath, 'role defaults').map((file) => readYaml(file, new Diagnostics()));
	return Object.assign({}, ...contents.filter(isMap));
};

type Reading = {
	readonly problems: Diagnostics;
	/** The values that hold where nothing else is given; undefined inside of lists, whose items have none. */
	readonly given: Values | undefined;
};

function specs(values: Values, reading: Reading): ReadonlyMap<string, ArgumentSpec> {
	const { problems } = reading;
	const found = new Map<string, ArgumentSpec>();
	for (const [name, value] of Object.entries(values)) {
		if (isMap(value)) {
			found.set(name, spec(name, new Fields(value, problems), reading));
		} else {
			problems.error(`the spec of "${name}" is a mapping, not ${show(value)}`, {
				source: sourceOf(values, name),
				hint: `write ${name}: {type: text, description: …}`,
			});
		}
	}

	return found;
}

function spec(name: string, fields: Fields, { problems, given }: Reading): ArgumentSpec {
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
	const options = fields.record('options');
	const type = typeOf(fields, 'type', options === undefined ? 'text' : 'mapping');
	if (fields.has('default')) {
		checkDefault(name, fields, given);
	}

	const inner = given?.[name];
	return {
		type,
		description: fields.texts('description').join(' '),
		required: fields.boolean('required') === true,
		choices: fields.list('choices', 'values'),
		elements: typeOf(fields, 'elements', 'any'),
		options:
			options && specs(options, { problems, given: type === 'mapping' && isMap(inner) ? inner : undefined }),
	};
}

/** A default in a spec gives nothing its value, as in Ansible: it may only repeat the one that does. */
function checkDefault(name: string, fields: Fields, given: Values | undefined): void {
	const said = fields.value('default');
	const source = fields.source('default', 'key');
	if (given === undefined) {
		fields.problems.warning(`the default of "${name}" describes a value and gives none`, {
			source,
			hint: `where the key may be missing, write default(x.${name}, …)`,
		});
	} else if (!Object.hasOwn(given, name)) {
		fields.problems.error(
			`"${name}" has the default ${inYaml(said)} here and none in defaults/main.yml, which gives the value`,
			{ source, hint: `write ${name}: ${inYaml(said)} into defaults/main.yml, or leave the default out` },
		);
	} else if (!sameInYaml(given[name], said)) {
		const right = inYaml(given[name]);
		fields.problems.error(
			`"${name}" has the default ${inYaml(said)} here and ${right} in defaults/main.yml, which gives the value`,
			{ source, hint: `write default: ${right}, or leave it out` },
		);
	}
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
