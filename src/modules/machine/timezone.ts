import * as z from 'zod';
import { impossible } from '../../module/impossible.ts';
import { stateModule } from '../../module/state-module.ts';
import { sh } from '../../shell/command.ts';

const zones = '/usr/share/zoneinfo';

type Zone = {
	readonly zone: string;
	/** What /etc/timezone of Debian says; undefined when the host has no such file. */
	readonly file?: string | undefined;
	/** The host has data for the zone that is wanted. */
	readonly known: boolean;
};

export default stateModule({
	name: 'timezone',
	summary: 'Ensure the host tells the time of this zone.',
	args: z.strictObject({
		name: z
			.string()
			.regex(/^[A-Za-z][\w+-]*(\/[\w+-]+)*$/, 'write a zone such as Europe/Berlin or UTC')
			.describe('Zone, such as `Africa/Nairobi` or `UTC`.'),
	}),
	examples: ['timezone: {name: UTC}', 'timezone: {name: Asia/Kolkata}'],

	async current({ name }, host): Promise<Zone> {
		const [link, file, data] = await Promise.all([
			host.stat('/etc/localtime'),
			host.content('/etc/timezone'),
			host.stat(`${zones}/${name}`, { follow: true }),
		]);
		return {
			zone:
				link?.target?.split('/zoneinfo/')[1] ??
				(link === undefined ? 'UTC, by default' : 'a file of its own'),
			file: file?.toString('utf8').trim(),
			known: data !== undefined,
		};
	},

	desired: ({ name }, _local, current) => ({ zone: name, file: current?.file && name, known: true }),

	create: () => impossible('a host always has a time zone'),
	*update({ name }, { before, keys }) {
		if (!before.known) {
			impossible(
				`the host knows no time zone ${name}`,
				'is it spelled right, and is the package tzdata installed?',
			);
		}

		if (keys.has('zone')) {
			yield sh`ln -sfn ${`${zones}/${name}`} /etc/localtime`;
		}

		if (keys.has('file')) {
			yield { kind: 'upload', path: '/etc/timezone', content: `${name}\n` };
		}
	},
	delete: () => impossible('a host always has a time zone'),
});
