import type { SyntaxProblem } from '../vars/template-parser.ts';
import { filtered } from './jinja-filters.ts';

// What an Ansible user's hands write. Each answer shows our way for the same thing, made from what was written.

const block =
	/\{%[-+]?\s*(?:if|elif|else|endif|for|endfor|set|endset|block|endblock|macro|endmacro|include|import|raw|endraw)\b[^%]*%\}/;

/** `{% if x %}` in a text. */
export function jinjaBlock(text: string): SyntaxProblem | undefined {
	const found = block.exec(text);
	if (found === null) {
		return undefined;
	}

	const [tag] = found;
	const loop = /\bfor\s+\w+\s+in\s+([\w.]+)/.exec(tag)?.[1];
	const test = /\bif\s+(not\s+)?([\w.]+)\s*-?%/.exec(tag);
	const [sign, name] = loop ? ['#', loop] : test?.[2] ? [test[1] ? '^' : '#', test[2]] : ['#', 'name'];
	return {
		message: `"${tag}" is Jinja, and templates are Mustache`,
		index: found.index,
		hint: `write {{${sign}${name}}}…{{/${name}}}${loop ? ', with {{.}} or {{key}} for each item' : ''}`,
	};
}

const rewrites: readonly (readonly [RegExp, string])[] = [
	[/^\s*\{\{\s*(.*?)\s*\}\}\s*$/, '$1'],
	[/\{\{\s*([\w.]+)\s*\}\}/g, '$1'],
	[/\b([\w.]+)\s+is\s+not\s+(?:defined|none)\b/g, '!has(vars.$1)'],
	[/\b([\w.]+)\s+is\s+undefined\b/g, '!has(vars.$1)'],
	[/\b([\w.]+)\s+is\s+defined\b/g, 'has(vars.$1)'],
	[/\b([\w.]+)\s+is\s+(?:not\s+failed|succeeded|success)\b/g, '!$1.failed'],
	[/\b([\w.]+)\s+is\s+not\s+(changed|skipped)\b/g, '!$1.$2'],
	[/\b([\w.]+)\s+is\s+(failed|changed|skipped)\b/g, '$1.$2'],
	[/\b([\w.]+)\s+is\s+string\b/g, "type($1) == 'text'"],
	[/\b([\w.]+)\s+is\s+(number|mapping)\b/g, "type($1) == '$2'"],
	[/(\S+)\s+not\s+in\s+(\S+|\[[^\]]*\])/g, '!($1 in $2)'],
	[/\bnot\s+([^&|()]+?(?:[=!<>]=|[<>]|\bin\b)[^&|()]+?)(?=\s+(?:and|or)\b|\)|$)/g, '!($1)'],
	[/\bnot\s+/g, '!'],
	[/\s+and\s+/g, ' && '],
	[/\s+or\s+/g, ' || '],
	[/\bTrue\b/g, 'true'],
	[/\bFalse\b/g, 'false'],
	[/\bNone\b/g, 'null'],
	[/^(.+?)\s+if\s+(.+?)\s+else\s+(.+)$/, '$2 ? $1 : $3'],
];

/** A condition or another expression as Ansible has it, in CEL; undefined when it holds nothing of Jinja. */
export function celFor(expression: string): string | undefined {
	const masks = new Masks();
	const bare = masks.hide(expression);
	const cel = converted(bare.replace(/^\s*\{\{\s*(.*?)\s*\}\}\s*$/s, '$1'), masks);
	return cel === bare ? undefined : masks.show(cel);
}

// A private-use character, which no condition holds.
const mark = '\uE000';

/** Quoted texts, and what is done already, stay as they are: " and " may be part of them. Their number stands for them. */
class Masks {
	readonly #parts: string[] = [];

	/** One thing for the patterns, whatever is in it. */
	one(text: string): string {
		this.#parts.push(text);
		return `${mark}${this.#parts.length - 1}${mark}`;
	}

	hide(text: string): string {
		return text.replace(/'[^']*'|"[^"]*"/g, (quoted) => this.one(quoted));
	}

	show(text: string): string {
		return text.replace(new RegExp(`${mark}(\\d+)${mark}`, 'g'), (_, index: string) =>
			this.show(this.#parts[Number(index)] ?? ''),
		);
	}
}

const converted = (text: string, masks: Masks): string =>
	rewrites.reduce(
		(before, [pattern, replacement]) => before.replace(pattern, replacement),
		withoutFilters(text, masks),
	);

// An operand is a name, a text, a list or something in parentheses; the words of the filter may hold one call.
const filter = new RegExp(
	`((?:\\[[^\\][]*\\]|\\([^()]*\\)|[\\w.]+(?:\\([^()]*\\))?|${mark}\\d+${mark})(?:\\[[^\\][]*\\])*)\\s*\\|\\s*(\\w+)(?:\\(((?:[^()]|\\([^()]*\\))*)\\))?`,
);

/** From the left, as Jinja reads them. What there is no function for stays, and is no CEL. */
function withoutFilters(text: string, masks: Masks): string {
	let rest = text;
	for (let found = filter.exec(rest); found !== null; found = filter.exec(rest)) {
		const [whole, operand = '', name = '', words] = found;
		const inner = words === undefined ? [] : splitWords(words).map((word) => converted(word, masks));
		const made = filtered(
			masks.show(converted(operand, masks)),
			name,
			inner.map((word) => masks.show(word)),
		);
		if (made === undefined) {
			return rest;
		}

		rest = rest.slice(0, found.index) + masks.one(made) + rest.slice(found.index + whole.length);
	}

	return rest;
}

/** At commas outside of brackets. */
function splitWords(text: string): readonly string[] {
	const words: string[] = [''];
	let depth = 0;
	for (const character of text) {
		depth += '([{'.includes(character) ? 1 : ')]}'.includes(character) ? -1 : 0;
		if (character === ',' && depth === 0) {
			words.push('');
		} else {
			words[words.length - 1] += character;
		}
	}

	return words.map((word) => word.trim());
}
