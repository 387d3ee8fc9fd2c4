import type { Step } from '../../module/contract.ts';
import { quietly, when } from '../../shell/combine.ts';
import { option, sh, type Word } from '../../shell/command.ts';
import { reveal, Secret } from '../../shell/secret.ts';

export type UserState = {
	readonly uid?: number | undefined;
	readonly group?: string | undefined;
	/** Sorted. */
	readonly groups?: readonly string[] | undefined;
	readonly shell?: string | undefined;
	readonly home?: string | undefined;
	/** Of a home that is named; undefined when it does not matter. */
	readonly home_exists?: boolean | undefined;
	readonly comment?: string | undefined;
	/** `as given`, or `another one`. */
	readonly password?: string | undefined;
	readonly locked?: boolean | undefined;
};

/** Options that `useradd` and `usermod` understand alike. */
export const userOptions = ({ uid, group, groups, shell, home, comment }: UserState): readonly Word[] =>
	[
		option('--uid', uid),
		option('--gid', group),
		option('--groups', groups?.join(',')),
		option('--shell', shell),
		option('-d', home),
		option('--comment', comment),
	].filter((words) => !(Array.isArray(words) && words.length === 0));

/** `useradd` refuses to make a group that exists already: then that one becomes the primary group. */
export function* addUser(
	{
		name,
		create_home,
		system,
	}: { readonly name: string; readonly create_home: boolean; readonly system: boolean },
	after: UserState,
): Iterable<Step> {
	const words: Word[] = [create_home ? '--create-home' : '--no-create-home', system && '--system'];
	const add = (state: UserState) => sh`useradd ${words} ${userOptions(state)} ${name}`;
	yield after.group === undefined
		? when(quietly(sh`getent group ${name}`), add({ ...after, group: name }), add(after))
		: add(after);
}

/** Set the hash, then lock or unlock: setting one takes the lock away. */
export function* setPassword(
	{
		name,
		password,
		password_lock,
	}: {
		readonly name: string;
		readonly password?: string | Secret | undefined;
		readonly password_lock?: boolean | undefined;
	},
	keys: ReadonlySet<string>,
): Iterable<Step> {
	const hash = keys.has('password') ? password : undefined;
	if (hash !== undefined) {
		yield sh`chpasswd --encrypted`.withInput(new Secret(`${name}:${reveal(hash)}\n`));
	}

	if (password_lock === true && (keys.has('locked') || hash !== undefined)) {
		yield sh`usermod --lock ${name}`;
	} else if (password_lock === false && keys.has('locked') && hash === undefined) {
		yield sh`usermod --unlock ${name}`;
	}
}
