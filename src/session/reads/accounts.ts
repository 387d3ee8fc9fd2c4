import type { UserEntry } from '../../module/host-state.ts';
import type { Raw } from '../frames.ts';
import { readFailed } from '../read-failed.ts';
import { type Answer, type Kind, words } from './kind.ts';

export type GroupEntry = { readonly gid: number; readonly members: readonly string[] };

const notThere = 2;
const separator = '\0';
const database = (name: 'passwd' | 'group', names: string): string =>
	`if command -v getent >/dev/null; then getent ${name} ${names}; else cat /etc/${name}; fi`;

/** One getent(1) for all users, and one for all groups, from which the users' further groups are known. */
export const users: Kind<UserEntry | undefined> = {
	name: 'user',
	line: (names) =>
		`${database('passwd', words(names))}; c=$?; printf '\\0'; ${database('group', '')}; [ $c = ${notThere} ] || exit $c`,
	answers(names, raw) {
		const [passwd = '', groups = ''] = raw.stdout.toString().split(separator);
		const byGid = new Map(entries(groups).map(([name = '', , gid]) => [gid, name]));
		return each('getent passwd', names, raw, passwd, ([user, , uid, gid, comment, home, shell]) => ({
			uid: Number(uid),
			gid: Number(gid),
			comment: comment ?? '',
			home: home ?? '',
			shell: shell ?? '',
			primaryGroup: byGid.get(gid) ?? gid ?? '',
			groups: entries(groups)
				.filter(([, , other, members]) => other !== gid && members?.split(',').includes(user ?? ''))
				.map(([name]) => name ?? '')
				.sort(),
		}));
	},
};

/** One getent(1) for all groups. */
export const groups: Kind<GroupEntry | undefined> = {
	name: 'group',
	line: (names) => `${database('group', words(names))} || [ $? = ${notThere} ]`,
	answers: (names, raw) =>
		each('getent group', names, raw, raw.stdout.toString(), ([, , gid, members]) => ({
			gid: Number(gid),
			members: (members ?? '').split(',').filter(Boolean),
		})),
};

const entries = (text: string): string[][] =>
	text
		.split('\n')
		.filter(Boolean)
		.map((line) => line.split(':'));

function each<A>(
	what: string,
	names: readonly string[],
	raw: Raw,
	text: string,
	entry: (fields: readonly string[]) => A,
): readonly Answer<A | undefined>[] {
	if (raw.code !== 0) {
		const stderr = raw.stderr.toString();
		return names.map((name) => ({ failure: readFailed(`${what} ${name}`, { code: raw.code, stderr }) }));
	}

	// getent takes digits for an id: only the name counts.
	const byName = new Map(entries(text).map((fields) => [fields[0], fields]));
	return names.map((name) => {
		const fields = byName.get(name);
		return { value: fields && entry(fields) };
	});
}
