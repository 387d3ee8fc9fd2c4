import * as z from 'zod';
import { hostPath, secretText } from '../../module/arguments.ts';
import { impossible } from '../../module/impossible.ts';
import { stateModule } from '../../module/state-module.ts';
import { reveal, Secret } from '../../shell/secret.ts';
import { uploadArguments } from '../files/upload-arguments.ts';
import { patternArgument } from '../lib/python-pattern.ts';
import { replaceInText } from './replace-in-text.ts';
import { createText, readText, type TextState, updateText } from './text-state.ts';

export default stateModule({
	name: 'replace',
	summary: 'Ensure a pattern is nowhere in a text file, by replacing what it matches.',
	args: z.strictObject({
		path: hostPath().describe('The file; it must be there. A link is followed.'),
		regexp: patternArgument().describe(
			'What to replace: a regular expression over the whole text, in which ^ and $ are ends of lines.',
		),
		replace: secretText()
			.default('')
			.describe(
				'What comes in its place; `\\1` and `\\g<name>` are groups. The pattern must not match it again.',
			),
		after: patternArgument().optional().describe('Only what follows the first match of this.'),
		before: patternArgument().optional().describe('Only what comes before the first match of this.'),
		...uploadArguments,
	}),
	examples: [
		'replace: {path: /etc/apt/sources.list, regexp: "^(deb .*) main$", replace: "\\\\1 main contrib"}',
		'replace: {path: /etc/app.ini, after: "\\\\[cache\\\\]", before: "\\\\[", regexp: "^size=.*$", replace: size=64}',
	],

	current: async (args, host): Promise<TextState | undefined> => readText(args.path, args, host),

	desired(args, _local, current) {
		const { mode, owner, group } = args;
		const options = { ...args, replace: reveal(args.replace) };
		const content = replaceInText(current?.content ?? '', options);
		if (replaceInText(content, options) !== content) {
			impossible(
				'what is put in matches the pattern again, so every run would change the file',
				'make `regexp` match only what is still to be replaced, for example with ^, $ or (?!…)',
			);
		}

		return { content, mode, owner, group };
	},

	create: (args, { after }) => createText({ ...args, create: false }, after, false),
	update: (args, change) => updateText(args, change, args.replace instanceof Secret),
	delete: () => [],
});
