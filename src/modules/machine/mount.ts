import * as z from 'zod';
import { hostPath } from '../../module/arguments.ts';
import { impossible } from '../../module/impossible.ts';
import { stateModule } from '../../module/state-module.ts';
import { when } from '../../shell/combine.ts';
import { sh } from '../../shell/command.ts';
import { contentDetail } from '../lib/content-detail.ts';
import { linesOf, readText, textOf } from '../lib/lines.ts';
import { editFstab, fstabEntry } from './edit-fstab.ts';
import { reloadGenerators } from './reload-generators.ts';

type MountState = {
	readonly mounted?: boolean | undefined;
	/** Text of the fstab. */
	readonly content: string;
};

export default stateModule({
	name: 'mount',
	summary: 'Ensure a file system is mounted, or is not, now and at boot.',
	args: z
		.strictObject({
			path: z
				.union([hostPath(), z.literal('none')])
				.describe('Mount point; made when it is to be mounted. `none` for swap.'),
			src: z.string().min(1).optional().describe('Device, `UUID=…`, or server and path of a network share.'),
			fstype: z.string().min(1).optional().describe('Type of the file system.'),
			opts: z.string().min(1).default('defaults').describe('Mount options with commas, as in fstab(5).'),
			dump: z.int().nonnegative().default(0).describe('The dump field of fstab(5); nobody uses it any more.'),
			passno: z.int().nonnegative().default(0).describe('When fsck looks at it while booting; 0 for never.'),
			state: z
				.enum(['mounted', 'present', 'unmounted', 'remounted', 'absent', 'absent_from_fstab', 'ephemeral'])
				.describe(
					'`mounted`: in the fstab and mounted; `present`: only in the fstab; `ephemeral`: only mounted; `unmounted`: ' +
						'not mounted, the fstab is left alone; `remounted`: mounted anew whenever the task runs; `absent`: neither, ' +
						'and an empty mount point is removed; `absent_from_fstab`: only not in the fstab.',
				),
			fstab: hostPath().default('/etc/fstab').describe('The file.'),
		})
		.refine(
			({ state, src, fstype }) =>
				!['mounted', 'present', 'ephemeral'].includes(state) || (src !== undefined && fstype !== undefined),
			{ error: 'this state needs `src` and `fstype`', path: ['src'] },
		),
	examples: [
		'mount: {path: /srv/data, src: "UUID=0a3f", fstype: ext4, opts: "noatime", state: mounted}',
		'mount: {path: /mnt/share, src: "192.0.2.30:/srv/nfs", fstype: nfs4, opts: "hard,_netdev", state: mounted}',
		'mount: {path: /mnt/old, state: absent}',
	],

	async current({ path, fstab }, host): Promise<MountState> {
		const [mounts, content] = await Promise.all([readText('/proc/self/mounts', host), readText(fstab, host)]);
		return { mounted: fstabEntry(mounts, { path }) !== undefined, content };
	},

	desired: (args, _local, current) => ({
		mounted: mountedIn[args.state],
		content: textOf(editFstab(linesOf(current?.content ?? ''), args)),
	}),

	create: () => impossible('mounts are compared by what the kernel says'),

	*update(args, { before, after, keys }) {
		const { path, fstab, opts, src, fstype, state } = args;
		const [old, wanted] = [fstabEntry(before.content, args), fstabEntry(after.content, args)];
		const moved = before.mounted && (old?.src !== wanted?.src || old?.fstype !== wanted?.fstype);
		if (after.mounted === false ? before.mounted : after.mounted && moved) {
			yield sh`umount ${path}`;
		}

		if (keys.has('content')) {
			yield { kind: 'upload', path: fstab, content: after.content };
			yield reloadGenerators;
		}

		if (after.mounted && (!before.mounted || moved)) {
			yield sh`mkdir -p ${path}`;
			yield state === 'ephemeral' || fstab !== '/etc/fstab'
				? sh`mount -t ${fstype} -o ${opts} ${src} ${path}`
				: sh`mount ${path}`;
		} else if (after.mounted && keys.has('content') && old?.opts !== wanted?.opts) {
			yield sh`mount -o remount ${path}`;
		}

		if (state === 'absent') {
			yield when(sh`test -d ${path}`, sh`rmdir --ignore-fail-on-non-empty ${path}`);
		}
	},

	delete: () => impossible('mounts are compared by what the kernel says'),
	triggers: ({ path, state }) => (state === 'remounted' ? [sh`mount -o remount ${path}`] : []),
	detail: async ({ fstab }, change) => contentDetail(fstab, change),
});

const mountedIn = {
	mounted: true,
	present: undefined,
	ephemeral: true,
	unmounted: false,
	remounted: undefined,
	absent: false,
	absent_from_fstab: undefined,
} as const;
