import * as z from 'zod';
import { actionModule } from '../../module/action-module.ts';

export default actionModule({
	name: 'include_vars',
	summary: 'Read a file of variables when the task is reached.',
	args: z.strictObject({
		file: z.string().min(1).describe('The file, in the `vars` folder of the role or beside the playbook.'),
		name: z.string().optional().describe('Put the values into a variable of this name instead.'),
	}),
	freeForm: 'file',
	examples: ['include_vars: "{{facts.os.id}}.yml"', 'include_vars: {file: ports.yml, name: ports}'],
	effect: 'reads',
	async act({ file, name }, _host, run) {
		const values = await run.varsFile(file);
		return { changed: false, variables: name === undefined ? values : { [name]: values } };
	},
});
