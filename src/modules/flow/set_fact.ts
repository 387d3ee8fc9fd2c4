import * as z from 'zod';
import { actionModule } from '../../module/action-module.ts';

export default actionModule({
	name: 'set_fact',
	summary: 'Set variables of the host for the rest of the run.',
	args: z.object({}).catchall(z.unknown()),
	examples: ['set_fact: {storage_address: "{{hostvars.storage1.facts.default_ipv4.address}}"}'],
	effect: 'reads',
	act: async (variables) => ({ changed: false, variables, result: { ansible_facts: variables } }),
});
