import { join } from 'node:path';
import { Diagnostics } from '../diagnostics.ts';
import { BadInput } from '../errors.ts';
import { type ArgumentSpec, readArgumentSpec, type ValueType } from '../playbook/argument-spec.ts';
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

/** What meta/argument_spec.yml says of a role's variables, with the values of defaults/main.yml. @throws BadInput */
export function roleVariables(folder: string): readonly RoleVariable[] {
	const defaults = map(read(join(folder, 'defaults', 'main')));
	const problems = new Diagnostics();
	const specs = readArgumentSpec(folder, problems) ?? [];
	if (problems.errors.length > 0) {
		throw new BadInput(problems.list);
	}

	return [...specs].map(([name, spec]) => ({
		name,
		type: typeWords(spec),
		required: spec.required,
		default: Object.hasOwn(defaults, name) ? written(defaults[name]) : undefined,
		description: spec.description.trim(),
	}));
}

const words: Readonly<Record<ValueType, string>> = {
	text: 'text',
	number: 'number',
	integer: 'whole number',
	boolean: 'true or false',
	list: 'list',
	mapping: 'mapping',
	any: 'any',
};

function typeWords({ type, choices, elements }: ArgumentSpec): string {
	if (choices.length > 0) {
		return choices.join(' | ');
	}

	return type === 'list' && elements !== 'any' ? `list of ${words[elements]}` : words[type];
}

/** The sentence in meta/main.yml. */
export const roleDescription = (folder: string): string =>
	String(map(read(join(folder, 'meta', 'main'))).description ?? '').trim();

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
		: JSON.stringify(value, (_key, item: unknown) =>
				item instanceof CelExpression || item instanceof SecretReference ? written(item) : item,
			);
}
