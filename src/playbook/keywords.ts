import type { Source } from '../diagnostics.ts';
import { isMap } from '../vars/kinds.ts';
import type { LayerKind } from '../vars/types.ts';
import { checkValues } from './check-values.ts';
import { conditions } from './conditions.ts';
import { type Fields, isExpression, isTemplate } from './fields.ts';
import type { Condition, Keywords } from './types.ts';

/** Keywords that whatever stands below inherits. */
export const inherited = [
	'any_errors_fatal',
	'become',
	'become_user',
	'check_mode',
	'connection',
	'delegate_facts',
	'delegate_to',
	'diff',
	'environment',
	'ignore_errors',
	'ignore_unreachable',
	'no_log',
	'remote_user',
	'run_once',
	'tags',
	'throttle',
	'timeout',
	'vars',
	'when',
] as const;

/** What a mapping says itself, before it inherits. */
export type Own = Partial<{ -readonly [Key in keyof Keywords]: Keywords[Key] }>;

/** What a task without any keyword has. */
export const noKeywords = (source: Source, folders: readonly string[]): Keywords => ({
	when: [],
	tags: [],
	become: undefined,
	becomeUser: undefined,
	remoteUser: undefined,
	connection: undefined,
	environment: [],
	noLog: undefined,
	ignoreErrors: undefined,
	ignoreUnreachable: undefined,
	anyErrorsFatal: undefined,
	checkMode: undefined,
	diff: undefined,
	throttle: undefined,
	timeout: undefined,
	runOnce: undefined,
	delegateTo: undefined,
	delegateFacts: undefined,
	layers: [],
	role: undefined,
	source,
	folders,
});

/** The keywords of a node, without what makes it that node. */
export function onlyKeywords(node: Keywords): Keywords {
	const none = noKeywords(node.source, node.folders);
	const keys = Object.keys(none) as (keyof Keywords)[];
	// All keys of the type are there: they are those of a value of the type.
	return Object.fromEntries(keys.map((key) => [key, node[key]])) as unknown as Keywords;
}

/** The inherited keywords that a mapping gives; its `vars` become a layer of this kind. */
export function readKeywords(fields: Fields, kind: LayerKind, origin: string): Own {
	const vars = fields.record('vars');
	if (vars !== undefined) {
		checkValues(vars, fields.problems);
	}

	return {
		when: conditions(fields, 'when') ?? [],
		tags: readTags(fields),
		become: fields.boolean('become'),
		becomeUser: fields.text('become_user'),
		remoteUser: fields.text('remote_user'),
		connection: fields.text('connection'),
		environment: readEnvironment(fields),
		noLog: fields.boolean('no_log'),
		ignoreErrors: fields.boolean('ignore_errors'),
		ignoreUnreachable: fields.boolean('ignore_unreachable'),
		anyErrorsFatal: fields.boolean('any_errors_fatal'),
		checkMode: fields.boolean('check_mode'),
		diff: fields.boolean('diff'),
		throttle: fields.number('throttle'),
		timeout: fields.number('timeout'),
		runOnce: fields.boolean('run_once'),
		delegateTo: fields.text('delegate_to'),
		delegateFacts: fields.boolean('delegate_facts'),
		layers: vars === undefined || Object.keys(vars).length === 0 ? [] : [{ kind, origin, values: vars }],
	};
}

/**
 * What holds below: conditions are joined, tags united, environment and layers added, and the nearest value wins
 * for the rest.
 */
export function inherit(parent: Keywords, own: Own, source: Source): Keywords {
	const merged: { -readonly [Key in keyof Keywords]: unknown } = { ...parent };
	for (const key of Object.keys(own) as (keyof Keywords)[]) {
		merged[key] = own[key] ?? parent[key];
	}

	return {
		// Each key of `merged` has the type of the same key in `own` or `parent`.
		...(merged as Keywords),
		when: joined(parent.when, own.when ?? []),
		tags: unite(parent.tags, own.tags ?? []),
		environment: [...parent.environment, ...(own.environment ?? [])],
		layers:
			own.layers === undefined || own.layers.length === 0 ? parent.layers : [...parent.layers, ...own.layers],
		source,
	};
}

/** Below a file: other files are looked for beside it first. */
export const inFolder = (keywords: Keywords, folder: string): Keywords =>
	keywords.folders[0] === folder
		? keywords
		: { ...keywords, folders: [folder, ...keywords.folders.filter((other) => other !== folder)] };

const joined = (parent: readonly Condition[], own: readonly Condition[]): readonly Condition[] =>
	own.length === 0 ? parent : [...parent, ...own];

// What says `never` is run for its own tags only: a tag of the play around it must not wake it.
const unite = (parent: readonly string[], own: readonly string[]): readonly string[] =>
	own.includes('never') ? own : own.length === 0 ? parent : [...new Set([...parent, ...own])];

function readTags(fields: Fields): readonly string[] {
	const tags = fields
		.texts('tags')
		.flatMap((tag) => tag.split(','))
		.map((tag) => tag.trim());
	if (tags.some((tag) => tag === '' || tag.includes('{{'))) {
		fields.wrong('tags', 'plain names', 'tags are chosen before any value is known');
	}

	return tags.filter((tag) => tag !== '');
}

function readEnvironment(fields: Fields): readonly unknown[] {
	const value = fields.value('environment');
	const list: readonly unknown[] = Array.isArray(value)
		? value
		: value === undefined || value === null
			? []
			: [value];
	if (!list.every((item) => isMap(item) || isTemplate(item) || isExpression(item))) {
		fields.wrong('environment', 'a mapping of names to values');
		return [];
	}

	checkValues(list, fields.problems, value === list ? undefined : fields.source('environment'));
	return list;
}
