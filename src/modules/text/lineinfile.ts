import * as z from 'zod';
import { hostPath, secretText } from '../../module/arguments.ts';
import { stateModule } from '../../module/state-module.ts';
import { reveal, Secret } from '../../shell/secret.ts';
import { uploadArguments } from '../files/upload-arguments.ts';
import { patternArgument } from '../lib/python-pattern.ts';
import { withLine, withoutLine } from './line-in-text.ts';
import { createText, readText, type TextState, updateText } from './text-state.ts';

export default stateModule({
	name: 'lineinfile',
	summary: 'Ensure a line is in a text file, or is not.',
	args: z
		.strictObject({
			path: hostPath().describe('The file. A link is followed.'),
			state: z.enum(['present', 'absent']).default('present').describe('Whether the line should be there.'),
			line: secretText().optional().describe('The line, without its end. Needed for `present`.'),
			regexp: patternArgument()
				.optional()
				.describe(
					'The last line that it matches is replaced by `line`; with `absent` all of them are removed. A regular ' +
						'expression of JavaScript, which for lines means what it means to Python. Let it match `line` too.',
				),
			search_string: z
				.string()
				.min(1)
				.optional()
				.describe('Like `regexp`, for a text that the line holds as it stands.'),
			insertafter: patternArgument()
				.optional()
				.describe(
					'Where a new line goes: after the last line that this matches, or `EOF` (as when not given).',
				),
			insertbefore: patternArgument()
				.optional()
				.describe('Where a new line goes: before the last line that this matches, or `BOF`.'),
			firstmatch: z.boolean().default(false).describe('The first match counts, not the last.'),
			backrefs: z
				.boolean()
				.default(false)
				.describe(
					'`\\1` or `\\g<name>` in `line` are groups of `regexp`; nothing is done when it matches nowhere.',
				),
			create: z.boolean().default(false).describe('Make the file, and its folder, when there is none.'),
			...uploadArguments,
		})
		.refine(({ state, line }) => state === 'absent' || line !== undefined, {
			error: 'say which line should be there',
			path: ['line'],
		})
		.refine(({ line, regexp, search_string }) => (line ?? regexp ?? search_string) !== undefined, {
			error: 'say which lines to remove: `line`, `regexp` or `search_string`',
			path: ['state'],
		})
		.refine(({ line }) => line === undefined || !reveal(line).includes('\n'), {
			error: 'a line has no end in it; `blockinfile` is for several',
			path: ['line'],
		})
		.refine(({ regexp, search_string }) => regexp === undefined || search_string === undefined, {
			error: 'write either `regexp` or `search_string`',
			path: ['search_string'],
		})
		.refine(({ insertafter, insertbefore }) => insertafter === undefined || insertbefore === undefined, {
			error: 'write either `insertafter` or `insertbefore`',
			path: ['insertbefore'],
		})
		.refine(({ backrefs, regexp }) => !backrefs || regexp !== undefined, {
			error: '`backrefs` needs `regexp`',
			path: ['backrefs'],
		}),
	examples: [
		'lineinfile: {path: /etc/ssh/sshd_config, regexp: "^#?PermitRootLogin", line: PermitRootLogin no, validate: sshd -t -f %s}',
		'lineinfile: {path: /etc/fstab, regexp: "\\\\sswap\\\\s", state: absent, backup: true}',
	],

	current: async (args, host): Promise<TextState | undefined> => readText(args.path, args, host),

	desired(args, _local, current) {
		const { mode, owner, group } = args;
		if (args.state === 'absent' && current === undefined) {
			return undefined;
		}

		const options = { ...args, line: args.line === undefined ? undefined : reveal(args.line) };
		const text = current?.content ?? '';
		return {
			content: args.state === 'present' ? withLine(text, options) : withoutLine(text, options),
			mode,
			owner,
			group,
		};
	},

	create: (args, { after }) => createText(args, after, args.line instanceof Secret),
	update: (args, change) => updateText(args, change, args.line instanceof Secret),
	delete: () => [],
});
