import * as z from 'zod';
import { hostPath, secretText } from '../../module/arguments.ts';
import { stateModule } from '../../module/state-module.ts';
import { reveal, Secret } from '../../shell/secret.ts';
import { uploadArguments } from '../files/upload-arguments.ts';
import { patternArgument } from '../lib/python-pattern.ts';
import { withBlock } from './block-in-text.ts';
import { createText, readText, type TextState, updateText } from './text-state.ts';

export default stateModule({
	name: 'blockinfile',
	summary: 'Ensure a block of lines between two marker lines is in a text file, or is not.',
	args: z
		.strictObject({
			path: hostPath().describe('The file. A link is followed.'),
			state: z.enum(['present', 'absent']).default('present').describe('Whether the block should be there.'),
			block: secretText().default('').describe('The lines. An empty block is taken out with its markers.'),
			marker: z
				.string()
				.regex(/\{mark\}/, 'write {mark} where BEGIN and END go, else the block is not found again')
				.default('# {mark} ANSIBLE MANAGED BLOCK')
				.describe(
					'The marker lines; `{mark}` is `marker_begin` or `marker_end`. One for each block of a file.',
				),
			marker_begin: z.string().default('BEGIN').describe('What `{mark}` is in the line before the block.'),
			marker_end: z.string().default('END').describe('What `{mark}` is in the line after the block.'),
			insertafter: patternArgument()
				.optional()
				.describe(
					'Where a new block goes: after the last line that this matches, or `EOF` (as when not given).',
				),
			insertbefore: patternArgument()
				.optional()
				.describe('Where a new block goes: before the last line that this matches, or `BOF`.'),
			create: z.boolean().default(false).describe('Make the file, and its folder, when there is none.'),
			...uploadArguments,
		})
		.refine(({ insertafter, insertbefore }) => insertafter === undefined || insertbefore === undefined, {
			error: 'write either `insertafter` or `insertbefore`',
			path: ['insertbefore'],
		})
		.refine(({ marker_begin, marker_end }) => marker_begin !== marker_end, {
			error: 'the two markers must differ',
			path: ['marker_end'],
		}),
	examples: [
		'blockinfile: {path: /etc/hosts, block: "192.0.2.10 db\\n192.0.2.11 web", marker: "# {mark} cluster"}',
		'blockinfile: {path: /etc/hosts, marker: "# {mark} cluster", state: absent}',
	],

	current: async (args, host): Promise<TextState | undefined> => readText(args.path, args, host),

	desired(args, _local, current) {
		const { state, marker, marker_begin, marker_end, mode, owner, group } = args;
		const block = state === 'present' ? reveal(args.block) : '';
		if (block === '' && current === undefined) {
			return undefined;
		}

		const [begin, end] = [marker_begin, marker_end].map((mark) => marker.replaceAll('{mark}', mark));
		const options = { ...args, begin: begin ?? '', end: end ?? '' };
		return { content: withBlock(current?.content ?? '', block, options), mode, owner, group };
	},

	create: (args, { after }) => createText(args, after, args.block instanceof Secret),
	update: (args, change) => updateText(args, change, args.block instanceof Secret),
	delete: () => [],
});
