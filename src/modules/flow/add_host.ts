import * as z from 'zod';
import { actionModule } from '../../module/action-module.ts';
import { listOf } from '../lib/list-of.ts';

export default actionModule({
	name: 'add_host',
	summary: 'Add a host to the inventory of this run.',
	args: z
		.object({
			name: z.string().min(1).describe('Name of the host.'),
			groups: listOf(z.string()).default([]).describe('Groups that it joins: a list, or names with commas.'),
		})
		.catchall(z.unknown()),
	examples: ['add_host: {name: "{{new_node}}", groups: [rke2_agents], ansible_host: 192.0.2.17}'],
	effect: 'reads',
	act: async ({ name, groups, ...variables }) => ({
		changed: false,
		message: `${name} joins ${groups.length === 0 ? 'no group' : groups.join(', ')}`,
		addHost: { name, groups, variables },
	}),
});
