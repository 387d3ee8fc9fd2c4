import * as z from 'zod';
import type { Step } from '../../module/contract.ts';
import { impossible } from '../../module/impossible.ts';
import { stateModule } from '../../module/state-module.ts';
import { sh } from '../../shell/command.ts';
import { readText } from '../lib/lines.ts';
import { isModuleLoaded } from './is-module-loaded.ts';

type ModuleState = {
	readonly loaded: boolean;
	/** Text of the file that loads it at boot; empty when there is none. */
	readonly at_boot?: string | undefined;
	/** Text of the file with its parameters; empty when there is none. */
	readonly options?: string | undefined;
};

export default stateModule({
	name: 'modprobe',
	summary: 'Ensure a kernel module is loaded, or is not, now and at boot.',
	args: z.strictObject({
		name: z
			.string()
			.regex(/^[\w-]+$/, 'write the name of a module, such as br_netfilter')
			.describe('Name of the module.'),
		state: z.enum(['present', 'absent']).default('present').describe('Whether it should be loaded now.'),
		persistent: z
			.enum(['present', 'absent', 'disabled'])
			.default('disabled')
			.describe(
				'Whether it should be loaded at boot, by /etc/modules-load.d/NAME.conf; `disabled` leaves that alone.',
			),
		params: z
			.string()
			.optional()
			.describe(
				'Parameters to load it with, such as `numdummies=2`; kept in /etc/modprobe.d when persistent.',
			),
	}),
	examples: [
		'modprobe: {name: br_netfilter, persistent: present}',
		'modprobe: {name: floppy, state: absent}',
	],

	async current({ name, persistent }, host): Promise<ModuleState> {
		const [loaded, atBoot, options] = await Promise.all([
			isModuleLoaded(name, host),
			persistent === 'disabled' ? undefined : readText(loadFile(name), host),
			persistent === 'disabled' ? undefined : readText(optionsFile(name), host),
		]);
		return { loaded, at_boot: atBoot, options };
	},

	desired({ name, state, persistent, params }) {
		const kept = persistent === 'present';
		return {
			loaded: state === 'present',
			at_boot: persistent === 'disabled' ? undefined : kept ? `${name}\n` : '',
			options:
				persistent === 'disabled' || (kept && params === undefined)
					? undefined
					: kept
						? `options ${name} ${params}\n`
						: '',
		};
	},

	create: () => impossible('modules are compared by what the kernel says'),
	*update({ name, state, params }, { after, keys }) {
		for (const [key, path] of [
			['at_boot', loadFile(name)],
			['options', optionsFile(name)],
		] as const) {
			const content = after[key];
			if (keys.has(key) && content !== undefined) {
				yield* content === '' ? [sh`rm -f ${path}`] : keep(path, content);
			}
		}

		if (keys.has('loaded')) {
			yield state === 'present'
				? sh`modprobe ${name} ${params?.split(/\s+/)}`
				: sh`modprobe --remove ${name}`;
		}
	},
	delete: () => impossible('modules are compared by what the kernel says'),
});

const loadFile = (name: string): string => `/etc/modules-load.d/${name}.conf`;
const optionsFile = (name: string): string => `/etc/modprobe.d/${name}.conf`;

// Hosts without the package kmod have no such folder.
const keep = (path: string, content: string): readonly Step[] => [
	sh`mkdir -p ${path.replace(/\/[^/]*$/, '')}`,
	{ kind: 'upload', path, content },
];
