import * as z from 'zod';
import type { Module } from './contract.ts';

/** The part of JSON schema that argument schemas use. */
export type JsonSchema = {
	readonly type?: string | readonly string[];
	readonly description?: string;
	readonly default?: unknown;
	readonly enum?: readonly unknown[];
	readonly const?: unknown;
	readonly anyOf?: readonly JsonSchema[];
	readonly items?: JsonSchema;
	readonly properties?: Readonly<Record<string, JsonSchema>>;
	readonly required?: readonly string[];
	readonly [key: string]: unknown;
};

/** An argument of a module, in words. */
export type ArgumentDescription = {
	readonly name: string;
	/** `text`, `number`, `list of text`, `present | absent` … */
	readonly type: string;
	readonly required: boolean;
	/** As it is written in YAML; undefined when there is none. */
	readonly default: string | undefined;
	readonly description: string;
};

/** The schema of a module's arguments as they are written in a playbook. */
export const argumentSchema = ({ args }: Pick<Module, 'args'>): JsonSchema =>
	// A secret has no form in JSON; it is written as a text or as `!secret`.
	withoutLimits(z.toJSONSchema(args, { io: 'input', unrepresentable: 'any' }) as JsonSchema);

/** Arguments, required ones first, then in the order of the definition. */
export function argumentsOf(module: Pick<Module, 'args'>): readonly ArgumentDescription[] {
	const { properties = {}, required = [] } = argumentSchema(module);
	const all = Object.entries(properties).map(([name, schema]) => ({
		name,
		type: typeOf(schema),
		required: required.includes(name),
		default: schema.default === undefined ? undefined : yamlOf(schema.default),
		description: schema.description ?? '',
	}));
	return [...all.filter((argument) => argument.required), ...all.filter((argument) => !argument.required)];
}

/** The Markdown page of a module. */
export function modulePage(module: Module): string {
	const { name, summary, examples, returns = {}, freeForm } = module;
	const fields = Object.entries(returns);
	return `${[
		`# ${name}`,
		summary,
		`${kindOf(module)}${freeForm === undefined ? '' : ` A plain text stands for \`${freeForm}\`.`}`,
		'## Arguments',
		...(argumentsOf(module).length === 0
			? ['None.']
			: [
					table(
						['argument', 'type', 'default', 'meaning'],
						argumentsOf(module).map((argument) => [
							`\`${argument.name}\``,
							argument.type,
							argument.required
								? '**required**'
								: argument.default === undefined
									? ''
									: `\`${argument.default}\``,
							argument.description,
						]),
					),
				]),
		'## Examples',
		['```yaml', ...examples.map((example) => `- ${example}`), '```'].join('\n'),
		...(fields.length === 0
			? []
			: [
					'## Result',
					'Beside `changed`, `failed` and `skipped`:',
					table(
						['field', 'meaning'],
						fields.map(([field, meaning]) => [`\`${field}\``, meaning]),
					),
				]),
	].join('\n\n')}\n`;
}

/** What sort of module it is, as a sentence. */
export function kindOf(module: Module): string {
	if (module.kind === 'state') {
		return 'A state: nothing is done when it is so already, and a check says exactly what would change.';
	}

	switch (module.effect) {
		case 'reads':
			return 'An action that only looks, or touches only the run itself: a check runs it too.';
		case 'changes':
			return 'An action: a check does not run it, and says that it would.';
		case 'waits':
			return `An action that waits: a check does not, and says ${module.lack === undefined ? 'so' : 'what it would wait for now'}.`;
		default:
			return 'An action: a check runs it when, with these arguments, it only looks, and else says that it would.';
	}
}

/** A Markdown table. */
export const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
	[head, head.map(() => '---'), ...rows]
		.map(
			(cells) =>
				`| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll(/\s*\n\s*/g, ' ')).join(' | ')} |`,
		)
		.join('\n');

const plainNames: Readonly<Record<string, string>> = {
	string: 'text',
	integer: 'whole number',
	number: 'number',
	boolean: 'true or false',
	object: 'mapping',
	null: 'nothing',
};

/** The type of a value, in words. */
export function typeOf(schema: JsonSchema): string {
	if (schema.enum !== undefined) {
		return schema.enum.map(String).join(' | ');
	}

	if (schema.const !== undefined) {
		return String(schema.const);
	}

	if (schema.anyOf !== undefined) {
		return [...new Set(schema.anyOf.map(typeOf))].join(' or ');
	}

	if (schema.type === 'array') {
		const item = schema.items === undefined ? 'anything' : typeOf(schema.items);
		return `list of ${item === 'text' ? 'texts' : item === 'mapping' ? 'mappings' : item}`;
	}

	const types = typeof schema.type === 'string' ? [schema.type] : (schema.type ?? []);
	return types.length === 0 ? 'anything' : types.map((type) => plainNames[type] ?? type).join(' or ');
}

// The flow form of YAML is JSON, except that plain words need no quotes.
const yamlOf = (value: unknown): string =>
	typeof value === 'string' && /^[A-Za-z/~][\w./~ -]*$/.test(value) && !/^(?:true|false|null)$/.test(value)
		? value
		: JSON.stringify(value);

// What stands for a secret is "anything", which would swallow the alternatives beside it; and the largest number
// that JavaScript knows is no news.
function withoutLimits(schema: JsonSchema): JsonSchema {
	const { anyOf, items, properties, $schema: _, ...rest } = schema;
	const alternatives = anyOf?.filter((one) => Object.keys(one).length > 0).map(withoutLimits);
	return {
		...Object.fromEntries(
			Object.entries(rest).filter(([, value]) => Math.abs(Number(value)) !== Number.MAX_SAFE_INTEGER),
		),
		...(alternatives === undefined
			? {}
			: alternatives.length === 1
				? alternatives[0]
				: { anyOf: alternatives }),
		...(items === undefined ? {} : { items: withoutLimits(items) }),
		...(properties === undefined
			? {}
			: {
					properties: Object.fromEntries(
						Object.entries(properties).map(([name, property]) => [name, withoutLimits(property)]),
					),
				}),
	};
}
