import * as z from 'zod';
import { hostPath } from '../../module/arguments.ts';
import { impossible } from '../../module/impossible.ts';
import { stateModule } from '../../module/state-module.ts';
import { sh } from '../../shell/command.ts';
import { contentDetail } from '../lib/content-detail.ts';
import { linesOf, readText, textOf } from '../lib/lines.ts';
import { editKeys } from './edit-keys.ts';

type KeysState = {
	readonly path: string;
	readonly content: string;
	readonly mode?: string | undefined;
	readonly owner?: string | undefined;
	readonly folder_mode?: string | undefined;
	readonly folder_owner?: string | undefined;
	/** Name of the primary group, for new files. */
	readonly group: string;
};

export default stateModule({
	name: 'authorized_key',
	summary: 'Ensure public keys may, or may not, log in as a user.',
	args: z.strictObject({
		user: z.string().min(1).describe('Whose account the keys open.'),
		key: z
			.union([z.string(), z.array(z.string())])
			.transform((keys) => [keys].flat().flatMap((text) => text.split('\n')))
			.transform((lines) =>
				lines.map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('#')),
			)
			.refine((lines) => lines.every((line) => /(^|\s)(ssh|ecdsa|sk)-[\w@.-]+ AAAA/.test(line)), {
				error: 'a public key looks like "ssh-ed25519 AAAA… comment", with options in front if need be',
			})
			.describe('Public keys, as a list or as lines, in the form of authorized_keys.'),
		key_options: z.string().optional().describe('Options to put in front of each key, such as `no-pty`.'),
		comment: z.string().optional().describe('Comment to put in place of the ones of the keys.'),
		state: z.enum(['present', 'absent']).default('present').describe('Whether the keys should be there.'),
		exclusive: z.boolean().default(false).describe('Remove all other keys.'),
		path: hostPath().optional().describe('The file; `~/.ssh/authorized_keys` of the user when not given.'),
		manage_dir: z
			.boolean()
			.default(true)
			.describe('Make the folder of the file, owned by the user, with mode 0700.'),
	}),
	examples: [
		'authorized_key: {user: admin, key: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPx0 admin@example.org"}',
		'authorized_key: {user: admin, key: [], exclusive: true}',
	],

	async current({ user, path: given, manage_dir }, host): Promise<KeysState | undefined> {
		const entry = await host.user(user);
		if (entry === undefined) {
			return undefined;
		}

		const path = given ?? `${entry.home}/.ssh/authorized_keys`;
		const [content, file, folder] = await Promise.all([
			readText(path, host),
			host.stat(path, { follow: true }),
			host.stat(folderOf(path), { follow: true }),
		]);
		return {
			path,
			content,
			mode: file?.mode,
			owner: file?.owner,
			folder_mode: manage_dir ? (folder?.mode ?? 'none') : undefined,
			folder_owner: manage_dir ? (folder?.owner ?? 'none') : undefined,
			group: entry.primaryGroup,
		};
	},

	desired(args, _local, current) {
		const { user, state, manage_dir } = args;
		if (current === undefined) {
			return state === 'absent'
				? undefined
				: { path: args.path ?? '~/.ssh/authorized_keys', content: '', group: '' };
		}

		const lines = linesOf(current.content);
		const content = textOf(editKeys(lines, args));
		const untouched = current.mode === undefined && content === '';
		return {
			path: current.path,
			content,
			mode: untouched || state === 'absent' ? undefined : '0600',
			owner: untouched || state === 'absent' ? undefined : user,
			folder_mode: untouched || state === 'absent' || !manage_dir ? undefined : '0700',
			folder_owner: untouched || state === 'absent' || !manage_dir ? undefined : user,
			group: current.group,
		};
	},

	create: ({ user }) => impossible(`there is no user named ${user}`, 'make the account first, with `user`'),

	*update({ user }, { before, after, keys }) {
		const { path, group } = before;
		if (keys.has('folder_mode') || keys.has('folder_owner')) {
			yield sh`install -d -m 0700 -o ${user} -g ${group} ${folderOf(path)}`;
		}

		if (keys.has('content') || keys.has('mode') || keys.has('owner')) {
			yield {
				kind: 'upload',
				path,
				content: after.content,
				mode: after.mode,
				owner: after.owner,
				group: after.owner && group,
			};
		}
	},

	delete: () => impossible('keys are taken out one by one'),
	detail: async (_args, change) => contentDetail('authorized_keys', change),
});

const folderOf = (path: string): string => path.replace(/\/[^/]*$/, '') || '/';
