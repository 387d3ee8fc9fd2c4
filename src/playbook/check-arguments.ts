import type { z } from 'zod';
import { type Diagnostics, didYouMean, type Source } from '../diagnostics.ts';
import type { Module } from '../module/contract.ts';
import { Secret } from '../shell/secret.ts';
import { childOf, isMap } from '../vars/kinds.ts';
import { SecretReference } from '../vars/types.ts';
import { rawOf, sourceOf } from '../yaml/positions.ts';
import { adviceOnArgument, adviceOnValue, sameArgument } from './argument-advice.ts';
import { isComputed, show, type Values } from './fields.ts';

type Places = {
	/** The module's key. */
	readonly task: Source;
	of(name: string, part: 'key' | 'value'): Source;
	/** The mapping of the file that an argument stands in. */
	container(name: string): Values | undefined;
};

type Issue = z.core.$ZodIssue;

/**
 * Arguments against the module's schema. What a template or an expression will make is not known yet: problems
 * with such a value are left to the check after rendering.
 */
export function checkArguments(module: Module, args: Values, problems: Diagnostics, places: Places): void {
	const numbers = checkModes(args, problems, places);
	// Nothing renders a name, and nobody could know which variables there are.
	for (const key of module.name === 'set_fact' ? Object.keys(args).filter(isComputed) : []) {
		problems.error(`the name of a variable cannot be computed: ${key}`, {
			source: places.of(key, 'key'),
			hint: 'include_vars without "name" gives all names of a file at once; what users may set belongs to defaults/main.yml; for one name in a map write vars[name]',
		});
	}

	const result = module.args.safeParse(args);
	for (const issue of result.success ? [] : result.error.issues) {
		const [name] = issue.path;
		if (issue.code === 'unrecognized_keys' && issue.path.length === 0) {
			unknownArguments(issue.keys, module, problems, places);
		} else if (name !== undefined && Object.hasOwn(args, name)) {
			if (!numbers.has(String(name)) && !isOpen(args, issue)) {
				wrong(issue, module, args, problems, places);
			}
		} else if (!Object.keys(args).some((key) => sameArgument(module.name, key) === name)) {
			missing(issue, module, problems, places);
		}
	}
}

function unknownArguments(
	keys: readonly string[],
	module: Module,
	problems: Diagnostics,
	places: Places,
): void {
	const known = Object.keys(module.args.shape);
	for (const key of keys) {
		const advice = adviceOnArgument(module.name, key);
		const near = didYouMean(key, known);
		const doc = `"g2pbook doc ${module.name}" lists the arguments`;
		problems.error(`unknown argument "${key}" for module "${module.name}"`, {
			source: places.of(key, 'key'),
			hint: advice ?? (near === undefined ? doc : `${near}  ${doc}`),
		});
	}
}

function missing(issue: Issue, module: Module, problems: Diagnostics, places: Places): void {
	const [name] = issue.path;
	const field = name === undefined ? undefined : module.args.shape[String(name)];
	const description = field && 'description' in field ? field.description : undefined;
	problems.error(
		name === undefined || issue.code === 'custom'
			? `module "${module.name}": ${issue.message}`
			: `module "${module.name}" needs the argument "${String(name)}"`,
		{ source: places.task, hint: typeof description === 'string' ? description : undefined },
	);
}

function wrong(issue: Issue, module: Module, args: Values, problems: Diagnostics, places: Places): void {
	const path = issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part));
	const [name = ''] = path;
	const found = path.reduce<unknown>((parent, key) => childOf(parent, key)?.value, args);
	// A text may stand for a list of one.
	const value = found === undefined && path.at(-1) === 0 ? childOf(args, String(name))?.value : found;
	const { text, hint } = inWords(issue, value);
	const advice = expectedOf(issue)
		.map((expected) => adviceOnValue(module.name, path, expected, value))
		.find((one) => one !== undefined);
	problems.error(`argument "${path.join('.')}" of module "${module.name}": ${text}`, {
		source: placeOf(path, places) ?? places.of(String(name), 'value'),
		hint: advice ?? hint,
	});
}

/** The types that would do; undefined for one that is right while the value is not. */
const expectedOf = (issue: Issue): readonly (string | undefined)[] =>
	issue.code === 'invalid_type'
		? [issue.expected]
		: issue.code === 'invalid_union'
			? issue.errors.flatMap((errors) => errors.slice(0, 1).flatMap(expectedOf))
			: [undefined];

function inWords(
	issue: Issue,
	value: unknown,
): { readonly text: string; readonly hint?: string | undefined } {
	// A schema's own words are better than ours; the library's own begin like this.
	if (!/^(Invalid|Too|Unrecognized)\b/.test(issue.message)) {
		return { text: issue.message };
	}

	switch (issue.code) {
		case 'invalid_type':
			return {
				text: `expected ${words[issue.expected] ?? issue.expected}, not ${show(value)}`,
				hint: issue.expected === 'string' && typeof value === 'number' ? `write "${value}"` : undefined,
			};
		case 'invalid_value':
			return {
				text: `expected ${issue.values.map((choice) => JSON.stringify(choice)).join(' or ')}, not ${show(value)}`,
				hint: didYouMean(String(value), issue.values.map(String)),
			};
		case 'unrecognized_keys':
			return { text: `unknown key ${issue.keys.map((key) => JSON.stringify(key)).join(', ')}` };
		case 'invalid_union': {
			const choices = issue.errors.flatMap((errors) =>
				errors.slice(0, 1).map((one) => inWords(one, value).text),
			);
			return {
				text: choices.length === 0 ? `${show(value)} does not fit` : [...new Set(choices)].join('; or '),
			};
		}
		default:
			return { text: issue.message.replace(/^./, (first) => first.toLowerCase()) };
	}
}

const words: Readonly<Record<string, string>> = {
	string: 'a text',
	number: 'a number',
	int: 'a whole number',
	boolean: 'true or false',
	array: 'a list',
	object: 'a mapping',
	record: 'a mapping',
};

function placeOf(path: readonly (string | number)[], places: Places): Source | undefined {
	let container: unknown = places.container(String(path[0]));
	let found: Source | undefined;
	for (const key of path) {
		if (typeof container !== 'object' || container === null) {
			break;
		}

		found = sourceOf(container, key) ?? found;
		container = childOf(container, key)?.value;
	}

	return found;
}

/** Whether what an issue is about is, or holds, something that is only known after rendering. */
function isOpen(args: Values, { path }: Issue): boolean {
	let value: unknown = args;
	for (const part of path) {
		value = typeof part === 'symbol' ? undefined : childOf(value, part)?.value;
		if (isLater(value)) {
			return true;
		}
	}

	return holdsLater(value);
}

const isLater = (value: unknown): boolean =>
	isComputed(value) || value instanceof SecretReference || value instanceof Secret;

/** Whether a value is, or holds at any depth, a template, an expression or a secret. */
export const holdsLater = (value: unknown): boolean =>
	isLater(value) ||
	(Array.isArray(value) ? value.some(holdsLater) : isMap(value) && Object.values(value).some(holdsLater));

/** `mode: 0644` is a number to YAML. Gives the names of the arguments that it was said of. */
function checkModes(args: Values, problems: Diagnostics, places: Places): ReadonlySet<string> {
	const found = new Set<string>();
	for (const [name, value] of Object.entries(args)) {
		if (!/(^|_)mode$/.test(name) || typeof value !== 'number') {
			continue;
		}

		const container = places.container(name);
		const raw = (container && rawOf(container, name)) ?? String(value);
		problems.error(`${name}: ${raw} is the number ${value} to YAML, not the permissions ${raw}`, {
			source: places.of(name, 'value'),
			hint: `put it in quotes: ${name}: "${raw.startsWith('0') ? raw.replace(/^0o/, '0') : `0${raw}`}"`,
		});
		found.add(name);
	}

	return found;
}
