import type { Step } from '../../module/contract.ts';
import { sh } from '../../shell/command.ts';
import type { Attributes } from './attributes-of.ts';

/** The commands that set the attributes among `keys`. Without `follow` a link itself gets the owner. */
export function* changeAttributes(
	path: string,
	{ mode, owner, group }: Attributes,
	keys: ReadonlySet<string>,
	{ follow = true, recurse = false }: { readonly follow?: boolean; readonly recurse?: boolean } = {},
): Iterable<Step> {
	const options = [!follow && '-h', recurse && '-R'];
	const [user, team] = [keys.has('owner') ? owner : undefined, keys.has('group') ? group : undefined];
	if (user !== undefined) {
		yield sh`chown ${options} ${team === undefined ? user : `${user}:${team}`} ${path}`;
	} else if (team !== undefined) {
		yield sh`chgrp ${options} ${team} ${path}`;
	}

	// After chown, which takes setuid and setgid away.
	if (mode !== undefined && (keys.has('mode') || user !== undefined || team !== undefined)) {
		yield sh`chmod ${recurse && '-R'} ${mode} ${path}`;
	}
}
