import { checkExpression } from '../../vars/names.ts';
import { celOf } from './cel.ts';
import { parseJinja } from './tree.ts';
import type { Jinja } from './types.ts';

// What nothing in CEL stands for, and how the same is got.

const filters: Readonly<Record<string, string>> = {
	ipaddr: 'ip_in_cidr, cidr_host and cidr_overlap work with addresses',
	json_query: 'write it with filter and map: list.filter(x, x.name == "a").map(x, x.id)',
	password_hash: 'make the hash once, with "openssl passwd -6", and keep it: write !secret NAME',
	random: 'write !secret {name: NAME, generate: {length: 32}}, which is made once',
	regex_findall: 'write split and find: split(text, "\\n").map(line, find(line, "…"))',
	to_uuid: 'let a task make it: command: uuidgen, with register',
	strftime: 'let a task say it: command: date +%F, with register and changed_when: false',
};

const lookups: Readonly<Record<string, string>> = {
	fileglob: 'list the files in loop, or copy the folder as a whole',
	first_found:
		'name the file by a fact: "{{facts.os.family}}.yml" is debian.yml, redhat.yml and so on (rename them); a special file gets a task of its own behind it, with when, and its values win',
	password: 'write !secret {name: NAME, generate: {length: 32}}, which is made once and kept',
	pipe: 'let a task ask: command, with delegate_to: localhost and register',
	template: 'write the file with the module template, or the text into the value',
	url: 'let a task ask: uri, with delegate_to: localhost and register',
};

const has = (table: Readonly<Record<string, string>>, key: string): boolean => Object.hasOwn(table, key);

/** What to do about an expression of Jinja that cannot be written in CEL; undefined when it cannot be read. */
export function adviceOnJinja(text: string): string | undefined {
	const part = foreignPart(text);
	if (part === undefined) {
		return undefined;
	}

	const { what, name } = part;
	if (what === 'lookup') {
		return has(lookups, name)
			? lookups[name]
			: `there is no lookup "${name}": let a task ask, with delegate_to: localhost and register`;
	}

	return has(filters, name)
		? filters[name]
		: `nothing here is the same as the ${what} "${name}": write the value itself, or let a task work it out with command and register`;
}

/** The same for the first tag of a text that cannot be written. */
export const adviceOnTags = (text: string): string | undefined =>
	[
		...text.matchAll(
			/\{\{-?\s*(.*?)\s*-?\}\}|\{%[-+]?\s*(?:if|elif|set\s+\w+\s*=|for\s+[\w\s,]+?\s+in)\s+(.*?)\s*[-+]?%\}/gs,
		),
	]
		.map(([, inner, block]) => adviceOnJinja(inner ?? block ?? ''))
		.find((advice) => advice !== undefined);

/** What keeps an expression from being written in CEL: the filter, test or call that nothing stands for. */
function foreignPart(expression: string): { readonly what: string; readonly name: string } | undefined {
	const tree = parseJinja(expression.replace(/^\s*\{\{\s*(.*?)\s*\}\}\s*$/s, '$1'));
	const part = tree && innermost(tree);
	switch (part?.kind) {
		case 'filter':
		case 'test':
			return { what: part.kind, name: part.name };
		case 'call':
			return calledName(part);
		case 'binary':
			return { what: 'sign', name: part.sign };
		default:
			return undefined;
	}
}

function calledName({ of, words: [first] }: Extract<Jinja, { kind: 'call' }>) {
	const isLookup = of.kind === 'name' && ['lookup', 'query', 'q'].includes(of.text);
	return isLookup && first?.value.kind === 'text'
		? { what: 'lookup', name: first.value.text.split('.').at(-1) ?? '' }
		: { what: 'function', name: of.kind === 'name' ? of.text : of.kind === 'member' ? of.key : '' };
}

function innermost(tree: Jinja): Jinja | undefined {
	for (const part of partsOf(tree)) {
		const inside = innermost(part);
		if (inside !== undefined) {
			return inside;
		}
	}

	const made = celOf(tree);
	return made === undefined || isUnknownCall(made.text) ? tree : undefined;
}

const isUnknownCall = (text: string): boolean => checkExpression(text) !== undefined;

function partsOf(tree: Jinja): readonly Jinja[] {
	switch (tree.kind) {
		case 'list':
			return tree.items;
		case 'map':
			return tree.entries.flat();
		case 'binary':
			return [tree.left, tree.right];
		case 'choice':
			return [tree.test, tree.yes, tree.otherwise];
		case 'call':
			return [...(tree.of.kind === 'member' ? [tree.of.of] : []), ...tree.words.map(({ value }) => value)];
		case 'filter':
		case 'test':
			return [tree.of, ...tree.words.map(({ value }) => value)];
		case 'index':
			return [tree.of, tree.at];
		case 'member':
		case 'slice':
		case 'not':
		case 'minus':
			return [tree.of];
		default:
			return [];
	}
}
