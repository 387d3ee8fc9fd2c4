import { join } from 'node:path';
import { Diagnostics } from '../diagnostics.ts';
import { BadInput } from '../errors.ts';
import { isFile, yamlFile } from '../playbook/search.ts';
import { isMap } from '../vars/kinds.ts';
import { CelExpression, SecretReference } from '../vars/types.ts';
import { readYaml } from '../yaml/read.ts';

/** A variable of a role, as its documentation shows it. */
export type RoleVariable = {
	readonly name: string;
	readonly type: string;
	readonly required: boolean;
	/** As it is written in YAML; undefined when there is none. */
	readonly default: string | undefined;
	readonly description: string;
};

/** What meta/argument_spec.yml says of a role's variables, with the values of defaults/main.yml. */
export function roleVariables(folder: string): readonly RoleVariable[] {
	const defaults = map(read(join(folder, 'defaults', 'main')));
	return Object.entries(options(map(read(join(folder, 'meta', 'argument_spec'))))).map(([name, value]) => {
		const { type = 'text', description = '', choices, required, elements } = map(value);
		return {
			name,
			type: Array.isArray(choices) ? choices.join(' | ') : typeWords(String(type), elements),
			required: required === true,
			default: Object.hasOwn(defaults, name) ? written(defaults[name]) : undefined,
			description: Array.isArray(description) ? description.join(' ') : String(description).trim(),
		};
	});
}

const words: Readonly<Record<string, string>> = {
	str: 'text',
	int: 'whole number',
	float: 'number',
	bool: 'true or false',
	dict: 'mapping',
};

const typeWords = (type: string, elements: unknown): string =>
	elements === undefined
		? (words[type] ?? type)
		: `${type} of ${words[String(elements)] ?? String(elements)}`;

/** The sentence in meta/main.yml. */
export const roleDescription = (folder: string): string =>
	String(map(read(join(folder, 'meta', 'main'))).description ?? '').trim();

// Ansible's form has two levels above the variables.
function options(spec: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
	const main = map(map(spec.argument_specs).main);
	return isMap(main.options) ? main.options : isMap(spec.options) ? spec.options : spec;
}

function read(path: string): unknown {
	const file = yamlFile(path);
	if (file === undefined || !isFile(file)) {
		return undefined;
	}

	const problems = new Diagnostics();
	const value = readYaml(file, problems);
	if (problems.errors.length > 0) {
		throw new BadInput(problems.list);
	}

	return value;
}

const map = (value: unknown): Readonly<Record<string, unknown>> => (isMap(value) ? value : {});

function written(value: unknown): string {
	if (value instanceof CelExpression) {
		return `!cel "${value.text}"`;
	}

	if (value instanceof SecretReference) {
		return `!secret ${value.name}`;
	}

	return typeof value === 'string' && value !== '' && !/[:#{}[\]]/.test(value)
		? value
		: JSON.stringify(value);
}
