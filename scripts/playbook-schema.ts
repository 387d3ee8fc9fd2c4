import { argumentSchema, type JsonSchema } from '../src/module/describe.ts';
import { modules } from '../src/modules/index.ts';

// The JSON schema of playbooks, for editors. It is generous where a template may stand; g2pbook itself is strict.

const text: JsonSchema = { type: 'string' };
const number: JsonSchema = { type: ['number', 'string'] };
const yesNo: JsonSchema = { type: ['boolean', 'string'] };
const mapping: JsonSchema = { type: ['object', 'string'] };
const texts: JsonSchema = { anyOf: [text, { type: 'array', items: text }] };
const conditions: JsonSchema = {
	anyOf: [{ type: ['string', 'boolean'] }, { type: 'array', items: { type: ['string', 'boolean'] } }],
};
const tasks: JsonSchema = { $ref: '#/definitions/tasks' };

const described = (schema: JsonSchema, description: string): JsonSchema => ({ ...schema, description });

/** Keywords that tasks, blocks, roles and plays have in common, by name. */
export const sharedKeywords: Readonly<Record<string, JsonSchema>> = {
	any_errors_fatal: described(yesNo, 'A failure on one host ends the play for all.'),
	become: described(yesNo, 'Do it as another user, root by default.'),
	become_user: described(text, 'As whom; the inventory or root when not given.'),
	check_mode: described(yesNo, 'true: only ever look; false: do it even when checking.'),
	connection: described(text, 'How to reach the host: ssh, openssh, docker, local.'),
	delegate_facts: described(yesNo, 'Facts and variables that are set belong to the host delegated to.'),
	delegate_to: described(text, 'Do it on this host, with the variables of the one that it is for.'),
	diff: described(yesNo, 'Whether differences are shown.'),
	environment: described(
		{ anyOf: [mapping, { type: 'array', items: mapping }] },
		'Environment variables of the commands.',
	),
	ignore_errors: described(yesNo, 'Go on after a failure.'),
	ignore_unreachable: described(yesNo, 'Go on when the host cannot be reached.'),
	no_log: described(yesNo, 'Show neither arguments nor results.'),
	remote_user: described(text, 'Log in as.'),
	run_once: described(yesNo, 'Do it on the first host only; the result is that of all.'),
	tags: described(texts, 'For --tags and --skip-tags; "always" and "never" are special.'),
	throttle: described(number, 'At most so many hosts at a time.'),
	timeout: described(number, 'Seconds until the task is ended, on the host too.'),
	vars: described(mapping, 'Variables for what stands here.'),
	when: described(conditions, 'CEL; all of a list must hold.'),
};

/** Keywords of a task only. */
export const taskOnlyKeywords: Readonly<Record<string, JsonSchema>> = {
	args: described(mapping, 'Arguments of the module, beside those below its name.'),
	changed_when: described(conditions, 'CEL over the result: whether it counts as a change.'),
	creates: described(text, 'A verb is not done when this path is there.'),
	delay: described(number, 'Seconds between tries.'),
	failed_when: described(conditions, 'CEL over the result: whether it counts as a failure.'),
	listen: described(texts, 'Handlers: topics that notify them too.'),
	loop: described({ type: ['array', 'string', 'object'] }, 'Do it once for each item of a list.'),
	loop_control: described(
		{
			type: 'object',
			properties: {
				loop_var: described(text, 'Name of the item; "item" when not given.'),
				index_var: described(text, 'Name for its number, from 0.'),
				label: described({}, 'What to show for it.'),
				pause: described(number, 'Seconds between items.'),
			},
			additionalProperties: false,
		},
		'How the loop goes.',
	),
	name: described(text, 'What it is for, as reports show it.'),
	notify: described(texts, 'Handlers to run at the end of the section when this changed something.'),
	only_if: described(text, 'A verb is done only when this shell line succeeds.'),
	register: described(text, 'Keep the result under this name.'),
	removes: described(text, 'A verb is not done when this path is missing.'),
	retries: described(number, 'How often to try until "until" holds.'),
	unless: described(text, 'A verb is not done when this shell line succeeds.'),
	until: described(conditions, 'CEL over the result: try again until it holds.'),
};

const imports: Readonly<Record<string, JsonSchema>> = {
	import_role: described(mapping, 'The tasks of a role, at load.'),
	import_tasks: described(text, 'The tasks of a file, at load.'),
	include_role: described(mapping, 'The tasks of a role, when reached.'),
	include_tasks: described(text, 'The tasks of a file, when reached.'),
};

const rolesSchema: JsonSchema = {
	type: 'array',
	items: {
		anyOf: [
			text,
			{
				type: 'object',
				properties: {
					role: described(text, 'Name of the role.'),
					name: described(text, 'The same.'),
					...sharedKeywords,
				},
			},
		],
	},
};

/** Keywords of a play only. */
export const playOnlyKeywords: Readonly<Record<string, JsonSchema>> = {
	gather_facts: described({ type: 'boolean' }, 'Ask hosts about themselves first (default true).'),
	handlers: described(tasks, 'Tasks that run when they are notified.'),
	hosts: described(texts, 'Pattern: names, groups, web:&eu:!old, wildcards.'),
	max_fail_percentage: described(number, 'End the play when more hosts than this failed.'),
	module_defaults: described(mapping, 'Arguments per module, below those of the tasks.'),
	name: described(text, 'What it is for, as reports show it.'),
	order: described(
		{ enum: ['inventory', 'reverse_inventory', 'sorted', 'reverse_sorted', 'shuffle'] },
		'Order of the hosts.',
	),
	post_tasks: described(tasks, 'After the tasks.'),
	pre_tasks: described(tasks, 'Before the roles.'),
	roles: described(rolesSchema, 'Before the tasks.'),
	serial: described(
		{ anyOf: [number, { type: 'array', items: number }] },
		'So many hosts at a time go through the whole play.',
	),
	strategy: described(
		{ enum: ['linear', 'by_group', 'free'] },
		'linear: task by task over all hosts. by_group: over the hosts of each group that "hosts" names, groups side by side. free: each host by itself.',
	),
	tasks: described(tasks, 'What to do, from top to bottom.'),
	vars_files: described(texts, 'Files with variables.'),
};

/** The whole schema. */
export function playbookSchema(): JsonSchema {
	const moduleSchemas = Object.fromEntries(
		modules.map((module) => {
			const schema = { ...templated(argumentSchema(module)), description: module.summary };
			const empty = (argumentSchema(module).required ?? []).length === 0 ? [{ type: 'null' }] : [];
			const free = module.freeForm === undefined ? [] : [text];
			return [
				module.name,
				free.length + empty.length === 0
					? schema
					: { description: module.summary, anyOf: [schema, ...free, ...empty] },
			];
		}),
	);
	return {
		$schema: 'http://json-schema.org/draft-07/schema#',
		title: 'g2pbook playbook',
		type: 'array',
		items: {
			anyOf: [
				{
					type: 'object',
					properties: { ...pick(playShared), ...playOnlyKeywords },
					required: ['hosts'],
					additionalProperties: false,
				},
				{
					type: 'object',
					properties: {
						import_playbook: described(text, 'The plays of another file.'),
						...pick(['name', 'tags', 'vars', 'when']),
					},
					required: ['import_playbook'],
					additionalProperties: false,
				},
			],
		},
		definitions: {
			tasks: {
				type: 'array',
				items: {
					type: 'object',
					properties: {
						...sharedKeywords,
						...taskOnlyKeywords,
						...imports,
						block: described(tasks, 'Tasks that share keywords.'),
						rescue: described(tasks, 'When a task of the block failed.'),
						always: described(tasks, 'After the block and its rescue, whatever happened.'),
						...moduleSchemas,
					},
					patternProperties: { '^(ansible|community)\\.[a-z]+\\.': {} },
					additionalProperties: false,
				},
			},
		},
	};
}

const playShared = Object.keys(sharedKeywords).filter(
	(name) => !['when', 'run_once', 'delegate_to', 'delegate_facts'].includes(name),
);

const pick = (names: readonly string[]): Readonly<Record<string, JsonSchema>> =>
	Object.fromEntries(names.map((name) => [name, sharedKeywords[name] ?? text]));

// A template may stand for any value, at any depth; for a choice it must look like one, so that typing errors are
// still seen.
function templated(schema: JsonSchema): JsonSchema {
	const { properties, ...rest } = schema;
	return properties === undefined
		? schema
		: {
				...rest,
				properties: Object.fromEntries(
					Object.entries(properties).map(([name, { description, ...property }]) => [
						name,
						{ ...(description === undefined ? {} : { description }), ...orTemplate(property) },
					]),
				),
			};
}

function orTemplate({ pattern: _, minLength: __, format: ___, ...schema }: JsonSchema): JsonSchema {
	if (schema.enum !== undefined || schema.const !== undefined) {
		return { anyOf: [schema, { type: 'string', pattern: '\\{\\{' }] };
	}

	if (schema.type === 'string' || (schema.type === undefined && schema.anyOf === undefined)) {
		return schema;
	}

	const inner: JsonSchema = {
		...templated(schema),
		...(schema.items === undefined ? {} : { items: orTemplate(schema.items) }),
		...(schema.anyOf === undefined ? {} : { anyOf: schema.anyOf.map(orTemplate) }),
	};
	return { anyOf: [...(inner.anyOf ?? [inner]), text] };
}
