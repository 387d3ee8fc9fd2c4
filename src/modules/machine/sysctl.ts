import * as z from 'zod';
import { hostPath } from '../../module/arguments.ts';
import { impossible } from '../../module/impossible.ts';
import { stateModule } from '../../module/state-module.ts';
import { sh } from '../../shell/command.ts';
import { contentDetail } from '../lib/content-detail.ts';
import { linesOf, readText, textOf } from '../lib/lines.ts';
import { editSysctl } from './edit-sysctl.ts';

type SysctlState = { readonly live?: string | undefined; readonly content: string };

/** Values such as `tcp_rmem` are lists that the kernel writes with tabs. */
const words = (value: string): string => value.trim().replace(/\s+/g, ' ');

export default stateModule({
	name: 'sysctl',
	summary: 'Ensure a kernel parameter has this value, now and after a reboot.',
	args: z
		.strictObject({
			name: z
				.string()
				.regex(/^[\w./:@*-]+$/, 'write a name such as net.ipv4.ip_forward')
				.describe('Name of the parameter.'),
			value: z
				.union([z.string(), z.number()])
				.transform((value) => words(String(value)))
				.optional()
				.describe('Its value.'),
			state: z
				.enum(['present', 'absent'])
				.default('present')
				.describe('`absent` takes it out of the file; the kernel keeps its value until the next boot.'),
			reload: z.boolean().default(true).describe('Whether the running kernel should have the value too.'),
			sysctl_file: hostPath().default('/etc/sysctl.d/99-g2pbook.conf').describe('The file that keeps it.'),
		})
		.refine(({ state, value }) => state === 'absent' || value !== undefined, {
			error: 'a parameter that should be present needs a `value`',
			path: ['value'],
		}),
	examples: [
		'sysctl: {name: net.ipv4.ip_forward, value: 1}',
		'sysctl: {name: vm.swappiness, state: absent, sysctl_file: /etc/sysctl.conf}',
	],

	async current({ name, state, reload, sysctl_file }, host): Promise<SysctlState> {
		const [content, live] = await Promise.all([
			readText(sysctl_file, host),
			state === 'present' && reload ? host.sysctl(name) : undefined,
		]);
		return { live: live === undefined ? 'none' : words(live), content };
	},

	desired: (args, _local, current) => ({
		live: args.reload ? args.value : undefined,
		content: textOf(editSysctl(linesOf(current?.content ?? ''), args)),
	}),

	create: () => impossible('parameters are compared one by one'),
	*update({ name, value, sysctl_file }, { before, after, keys }) {
		if (keys.has('content')) {
			yield { kind: 'upload', path: sysctl_file, content: after.content };
		}

		if (keys.has('live')) {
			yield before.live === 'none'
				? impossible(
						`the kernel has no parameter ${name}`,
						'it may need a module first: `modprobe`, for example br_netfilter for net.bridge.*',
					)
				: sh`sysctl --quiet --write ${`${name}=${value}`}`;
		}
	},
	delete: () => impossible('the kernel keeps its parameters'),

	detail: async ({ sysctl_file }, change) => contentDetail(sysctl_file, change),
});
