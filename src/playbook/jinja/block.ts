import type { SyntaxProblem } from '../../vars/template-parser.ts';

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
