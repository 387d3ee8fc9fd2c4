import * as z from 'zod';
import { hostPath, secretText } from '../../module/arguments.ts';
import { stateModule } from '../../module/state-module.ts';
import { reveal, Secret } from '../../shell/secret.ts';
import { uploadArguments } from '../files/upload-arguments.ts';
import { withIniOption, withoutIniOption } from './edit-ini.ts';
import { createText, readText, type TextState, updateText } from './text-state.ts';

export default stateModule({
	name: 'ini_file',
	summary: 'Ensure an option in a section of an INI file has a value, or is not there.',
	args: z
		.strictObject({
			path: hostPath().describe('The file. A link is followed.'),
			section: z
				.string()
				.regex(/^[^\]\n]+$/)
				.optional()
				.describe('Name of the section; what stands before the first one when not given.'),
			option: z
				.string()
				.regex(/^[^\s#;[=:]([^\n=:]*[^\s=:])?$/, 'write a name without =, : and blanks around it')
				.optional()
				.describe('Name of the option; the section itself when not given.'),
			value: z
				.union([secretText(), z.number(), z.boolean()])
				.transform((value) => (value instanceof Secret ? value : String(value)))
				.optional()
				.describe('Its value, on one line.'),
			state: z.enum(['present', 'absent']).default('present').describe('Whether it should be there.'),
			no_extra_spaces: z.boolean().default(false).describe('Write `a=b` instead of `a = b`.'),
			allow_no_value: z.boolean().default(false).describe('The option stands without a value.'),
			create: z.boolean().default(true).describe('Make the file, and its folder, when there is none.'),
			...uploadArguments,
		})
		.refine(({ section, option }) => section !== undefined || option !== undefined, {
			error: 'say which option, or which section',
			path: ['option'],
		})
		.refine(
			({ state, option, value, allow_no_value }) =>
				state === 'absent' || option === undefined || (value === undefined) === allow_no_value,
			{ error: 'an option needs a `value`, or `allow_no_value: true`', path: ['value'] },
		)
		.refine(({ value }) => value === undefined || !reveal(value).includes('\n'), {
			error: 'a value is one line',
			path: ['value'],
		}),
	examples: [
		'ini_file: {path: /etc/php/8.2/fpm/php.ini, section: PHP, option: memory_limit, value: 256M}',
		'ini_file: {path: /etc/app.ini, section: legacy, state: absent}',
	],

	current: async (args, host): Promise<TextState | undefined> => readText(args.path, args, host),

	desired(args, _local, current) {
		const { state, section, option, value, no_extra_spaces: tight, mode, owner, group } = args;
		if (state === 'absent' && current === undefined) {
			return undefined;
		}

		const wanted = { section, option, value: value === undefined ? undefined : reveal(value), tight };
		const edit = state === 'present' ? withIniOption : withoutIniOption;
		return { content: edit(current?.content ?? '', wanted), mode, owner, group };
	},

	create: (args, { after }) => createText(args, after, args.value instanceof Secret),
	update: (args, change) => updateText(args, change, args.value instanceof Secret),
	delete: () => [],
});
