import type { SyntaxProblem } from '../vars/template-parser.ts';

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
	[/\b([\w.]+)\s*\|\s*default\(\s*([^()]*?)\s*(?:,\s*true\s*)?\)/gi, 'default(vars.$1, $2)'],
	[/\b([\w.]+)\s*\|\s*(?:length|count)\b/g, 'size($1)'],
	[/\b([\w.]+)\s*\|\s*(?:bool|int|float|string|list)\b/g, '$1'],
	[/(\S+)\s+not\s+in\s+(\S+)/g, '!($1 in $2)'],
	[/\bnot\s+/g, '!'],
	[/\s+and\s+/g, ' && '],
	[/\s+or\s+/g, ' || '],
	[/\bTrue\b/g, 'true'],
	[/\bFalse\b/g, 'false'],
	[/\bNone\b/g, 'null'],
];

/** A condition as Ansible has it, in CEL; undefined when it holds nothing of Jinja. */
export function celFor(condition: string): string | undefined {
	const parts = condition.split(/('[^']*'|"[^"]*")/);
	// Quoted texts stay as they are, " and " may be part of one: a mark with their number stands for them.
	const bare = parts.map((part, index) => (index % 2 === 1 ? `${mark}${index}${mark}` : part)).join('');
	const cel = rewrites.reduce((text, [pattern, replacement]) => text.replace(pattern, replacement), bare);
	return cel === bare
		? undefined
		: cel
				.split(mark)
				.map((part, index) => (index % 2 === 1 ? (parts[Number(part)] ?? '') : part))
				.join('');
}

// A private-use character, which no condition holds.
const mark = '\uE000';
