import * as z from 'zod';
import { actionModule } from '../../module/action-module.ts';
import { listOf } from '../lib/list-of.ts';

export default actionModule({
	name: 'group_by',
	summary: 'Put each host into a group that is named after one of its values.',
	args: z.strictObject({
		key: z.string().min(1).describe('Name of the group; blanks in it become `_`.'),
		parents: listOf(z.string()).default([]).describe('Further groups that the host joins.'),
	}),
	freeForm: 'key',
	examples: ['group_by: {key: "os_{{facts.os.id}}_{{facts.os.version}}"}'],
	effect: 'reads',
	async act({ key, parents }) {
		const group = key.replaceAll(/\s/g, '_');
		return { changed: false, message: `joins ${group}`, joinGroups: [group, ...parents] };
	},
});
