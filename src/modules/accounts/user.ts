import * as z from 'zod';
import { secretText } from '../../module/arguments.ts';
import { stateModule } from '../../module/state-module.ts';
import { sh } from '../../shell/command.ts';
import { reveal } from '../../shell/secret.ts';
import { listOf } from '../lib/list-of.ts';
import { isPasswordHash, passwordState } from './password-state.ts';
import { addUser, setPassword, type UserState, userOptions } from './user-steps.ts';

export default stateModule({
	name: 'user',
	summary: 'Ensure a local user exists as described, or does not.',
	args: z.strictObject({
		name: z.string().min(1).describe('Login name.'),
		uid: z.int().nonnegative().optional().describe('Numeric id. Left alone when not given.'),
		group: z
			.union([z.string().min(1), z.int().nonnegative()])
			.transform(String)
			.optional()
			.describe(
				'Primary group, by name or number; it must exist. A new user gets one of his own when not given.',
			),
		groups: listOf(z.string().min(1))
			.optional()
			.describe('Further groups, as a list or with commas; an empty list takes him out of all others.'),
		append: z
			.boolean()
			.default(false)
			.describe('Add `groups` to the ones that he has, instead of replacing them.'),
		shell: z.string().optional().describe('Login shell.'),
		home: z.string().optional().describe('Home directory.'),
		create_home: z
			.boolean()
			.default(true)
			.describe('Make the home directory of a new user, and of one whose `home` is named and not there.'),
		move_home: z.boolean().default(false).describe('Move the old home directory when `home` changes.'),
		system: z.boolean().default(false).describe('Take the id of a new user from the system range.'),
		comment: z.string().optional().describe('Full name or purpose (GECOS).'),
		password: secretText()
			.refine((text) => isPasswordHash(reveal(text)), {
				error:
					'give the hash of the password, as `openssl passwd -6` prints it, or "*" for none; not the password',
			})
			.optional()
			.describe('Hash of the password, in the form of crypt(5).'),
		update_password: z
			.enum(['always', 'on_create'])
			.default('always')
			.describe('Whether `password` is also set for a user who exists already.'),
		password_lock: z.boolean().optional().describe('Whether logging in by password should be impossible.'),
		state: z.enum(['present', 'absent']).default('present').describe('Whether the user should exist.'),
		remove: z
			.boolean()
			.default(false)
			.describe('With `state: absent`: remove his home directory and mail too.'),
		force: z
			.boolean()
			.default(false)
			.describe('With `state: absent`: remove him even while he is logged in.'),
	}),
	examples: [
		'user: {name: g2p, uid: 1500, groups: [sudo], append: true, shell: /bin/bash}',
		'user: {name: backup, system: true, create_home: false, shell: /usr/sbin/nologin}',
		'user: {name: legacy, state: absent, remove: true}',
	],

	// An entry of /etc/passwd without what belongs to it, and a lock: that is what a killed useradd leaves.
	finishes: true,

	async current(args, host): Promise<UserState | undefined> {
		const home = args.create_home ? args.home : undefined;
		const [user, password, folder] = await Promise.all([
			host.user(args.name),
			passwordState(args, host),
			home === undefined ? undefined : host.stat(home),
		]);
		return (
			user && {
				uid: user.uid,
				group: args.group !== undefined && /^\d+$/.test(args.group) ? String(user.gid) : user.primaryGroup,
				groups: user.groups,
				shell: user.shell,
				home: user.home,
				home_exists: user.home === home ? folder !== undefined : undefined,
				comment: user.comment,
				...password,
			}
		);
	},

	desired(args, _local, current) {
		const { uid, group, groups, append, shell, home, comment, password, update_password, password_lock } =
			args;
		const wanted = [...new Set([...(append ? (current?.groups ?? []) : []), ...(groups ?? [])])].sort();
		return args.state === 'absent'
			? undefined
			: {
					uid,
					group,
					// The primary group is not listed a second time.
					groups: groups && wanted.filter((name) => name !== (group ?? current?.group)),
					shell,
					home,
					home_exists: current?.home_exists === undefined ? undefined : true,
					comment,
					password:
						password === undefined || (update_password === 'on_create' && current !== undefined)
							? undefined
							: 'as given',
					locked: password_lock,
				};
	},

	*create(args, { after }) {
		yield* addUser(args, after);
		yield* setPassword(args, new Set(['password', 'locked']));
	},

	*update(args, { after, keys }) {
		const { name, create_home, move_home } = args;
		const options = userOptions(Object.fromEntries(Object.entries(after).filter(([key]) => keys.has(key))));
		if (options.length > 0) {
			yield sh`usermod ${options} ${move_home && keys.has('home') && '--move-home'} ${name}`;
		}

		// Does nothing where there is a folder already.
		if (create_home && (keys.has('home') || keys.has('home_exists'))) {
			yield sh`mkhomedir_helper ${name}`;
		}

		yield* setPassword(args, keys);
	},

	delete: ({ name, remove, force }) => [sh`userdel ${remove && '--remove'} ${force && '--force'} ${name}`],

	result: (_args, state) => ({
		uid: state?.uid,
		group: state?.group,
		home: state?.home,
		shell: state?.shell,
	}),
});
