import * as z from 'zod';
import { impossible } from '../../module/impossible.ts';
import { stateModule } from '../../module/state-module.ts';
import { sh } from '../../shell/command.ts';
import { readText } from '../lib/lines.ts';

export default stateModule({
	name: 'hostname',
	summary: 'Ensure the host has this name, now and after a reboot.',
	args: z.strictObject({
		name: z
			.string()
			.regex(
				/^[a-z0-9]([a-z0-9.-]{0,62}[a-z0-9])?$/i,
				'a host name has letters, digits, dots and dashes, 64 at most',
			)
			.describe('The name.'),
	}),
	examples: ['hostname: {name: db1}'],

	async current(_args, host) {
		const [live, saved] = await Promise.all([
			readText('/proc/sys/kernel/hostname', host),
			readText('/etc/hostname', host),
		]);
		return { live: live.trim(), saved: saved.trim() };
	},

	desired: ({ name }) => ({ live: name, saved: name }),

	create: () => impossible('a host always has a name'),
	*update({ name }, { keys }) {
		if (keys.has('saved')) {
			yield { kind: 'upload', path: '/etc/hostname', content: `${name}\n` };
		}

		if (keys.has('live')) {
			yield sh`hostname ${name}`;
		}
	},
	delete: () => impossible('a host always has a name'),
});
