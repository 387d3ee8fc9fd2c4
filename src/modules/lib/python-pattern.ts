import * as z from 'zod';

/**
 * A regular expression in the way of Ansible's users, as JavaScript understands it: `(?P<name>…)`, `(?P=name)`,
 * `\A`, `\Z` and flags in front such as `(?i)` are translated; the rest is the same in both languages for what
 * configuration files need. Flags are JavaScript's.
 * @throws SyntaxError
 */
export function pythonPattern(text: string, flags = ''): RegExp {
	const [front = '', inline = ''] = /^\(\?([imsx]+)\)/.exec(text) ?? [];
	if (inline.includes('x')) {
		throw new SyntaxError('the flag (?x) is not supported: write the pattern without blanks and comments');
	}

	const source = text
		.slice(front.length)
		.replace(/\\[\s\S]|\(\?P<|\(\?P=(\w+)\)/g, (found, name: string | undefined) => {
			switch (found) {
				case '\\A':
					return '(?<![\\s\\S])';
				case '\\Z':
					return '(?![\\s\\S])';
				case '(?P<':
					return '(?<';
				default:
					return name === undefined ? found : `\\k<${name}>`;
			}
		});
	return new RegExp(source, [...new Set(flags + inline)].join(''));
}

/** An argument that is a regular expression; a wrong one is found when the playbook is loaded. */
export const patternArgument = () =>
	z.string().superRefine((text, context) => {
		try {
			pythonPattern(text);
		} catch (error) {
			context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : String(error) });
		}
	});
