import * as z from 'zod';
import { stateModule } from '../../module/state-module.ts';
import { option, sh } from '../../shell/command.ts';

export default stateModule({
	name: 'group',
	summary: 'Ensure a local group exists, or does not.',
	args: z.strictObject({
		name: z.string().min(1).describe('Name of the group.'),
		gid: z.int().nonnegative().optional().describe('Numeric id. Left alone when not given.'),
		system: z.boolean().default(false).describe('Take the id from the system range when creating.'),
		state: z.enum(['present', 'absent']).default('present').describe('Whether the group should exist.'),
	}),
	examples: ['group: {name: g2p, gid: 1500}', 'group: {name: legacy, state: absent}'],

	// A killed groupadd leaves a lock.
	finishes: true,

	async current({ name }, host) {
		const group = await host.group(name);
		return group && { gid: group.gid };
	},

	desired: ({ gid, state }) => (state === 'present' ? { gid } : undefined),

	create: ({ name, gid, system }) => [sh`groupadd ${system && '--system'} ${option('--gid', gid)} ${name}`],
	update: ({ name, gid }) => [sh`groupmod --gid ${gid} ${name}`],
	delete: ({ name }) => [sh`groupdel ${name}`],
});
