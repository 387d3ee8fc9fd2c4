import * as z from 'zod';
import { hostPath } from '../../module/arguments.ts';
import { impossible } from '../../module/impossible.ts';
import { stateModule } from '../../module/state-module.ts';
import { all, any, quietly } from '../../shell/combine.ts';
import { sh } from '../../shell/command.ts';
import { contentDetail } from '../lib/content-detail.ts';
import { linesOf, readText, textOf } from '../lib/lines.ts';
import { editSwap } from './edit-swap.ts';
import { reloadGenerators } from './reload-generators.ts';
import { size } from './size.ts';

type SwapState = {
	/** MiB; 0 when there is no such file. */
	readonly size_mb?: number | undefined;
	/** What is swapped to now: the file alone when one is given, else everything. */
	readonly active: readonly string[];
	/** Text of the fstab. */
	readonly content: string;
};

export default stateModule({
	name: 'swap',
	summary: 'Ensure a swap file of this size is in use, or that nothing is swapped at all.',
	args: z
		.strictObject({
			path: hostPath()
				.optional()
				.describe('The swap file. Without one, `state: absent` turns off all swap, now and at boot.'),
			size: size().optional().describe('Size of the file, such as `512M` or `2G`.'),
			state: z.enum(['present', 'absent']).default('present').describe('Whether there should be swap.'),
		})
		.refine(({ state, path, size }) => state === 'absent' || (path !== undefined && size !== undefined), {
			error: 'swap that should be present needs `path` and `size`',
			path: ['size'],
		}),
	examples: ['swap: {path: /swapfile, size: 2G}', 'swap: {state: absent}'],

	async current({ path }, host): Promise<SwapState> {
		const [used, content, file] = await Promise.all([
			readText('/proc/swaps', host),
			readText('/etc/fstab', host),
			path === undefined ? undefined : host.stat(path),
		]);
		const active = linesOf(used)
			.slice(1)
			.map((line) => line.split(/\s+/)[0] ?? '')
			.filter((name) => path === undefined || name === path);
		return {
			size_mb: path === undefined ? undefined : Math.floor((file?.size ?? 0) / 2 ** 20),
			active,
			content,
		};
	},

	desired: ({ path, size: wanted, state }, _local, current) => ({
		size_mb: path === undefined ? undefined : state === 'present' ? wanted : 0,
		active: state === 'present' && path !== undefined ? [path] : [],
		content: textOf(editSwap(linesOf(current?.content ?? ''), path, state)),
	}),

	create: () => impossible('swap is compared by what the kernel says'),

	*update({ path, state }, { before, after, keys }) {
		const resized = keys.has('size_mb');
		if (path === undefined) {
			yield* keys.has('active') ? [sh`swapoff --all`] : [];
		} else if (before.active.length > 0 && (resized || state === 'absent')) {
			yield sh`swapoff ${path}`;
		}

		if (path !== undefined && state === 'present') {
			if (resized) {
				// Made by writing, since swapping to a file with holes fails; never readable for others.
				yield sh`install -m 0600 /dev/null ${path}`;
				yield sh`dd if=/dev/zero ${`of=${path}`} bs=1M ${`count=${after.size_mb}`} status=none`;
				yield sh`chmod 0600 ${path}`;
				yield sh`mkswap ${path}`;
			}

			if (resized || keys.has('active')) {
				yield any(quietly(sh`swapon ${path}`), all(sh`mkswap ${path}`, sh`swapon ${path}`));
			}
		} else if (path !== undefined && resized) {
			yield sh`rm -f ${path}`;
		}

		if (keys.has('content')) {
			yield { kind: 'upload', path: '/etc/fstab', content: after.content };
			yield reloadGenerators;
		}
	},

	delete: () => impossible('swap is compared by what the kernel says'),
	detail: async (_args, change) => contentDetail('/etc/fstab', change),
});
