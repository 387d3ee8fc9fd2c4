import type { Step } from '../../module/contract.ts';
import { sh } from '../../shell/command.ts';
import type { Attributes } from './attributes-of.ts';
import { changeAttributes } from './change-attributes.ts';

type Options = Attributes & { readonly backup: boolean };

/** The steps that copy a file on the host, whole or not at all; only attributes when the content is right. */
export function* copyOnHost(
	src: string,
	path: string,
	{ mode, owner, group, backup }: Options,
	keys?: ReadonlySet<string>,
): Iterable<Step> {
	const wanted = { mode, owner, group };
	if (keys !== undefined && !keys.has('type') && !keys.has('sha256')) {
		yield* changeAttributes(path, wanted, keys);
		return;
	}

	const temporary = `${path}.g2pbook-new`;
	yield sh`cp ${src} ${temporary}`;
	yield* changeAttributes(temporary, wanted, new Set(['mode', 'owner', 'group']));
	yield* backup && keys !== undefined ? [sh`cp -p ${path} ${`${path}.g2pbook-old`}`] : [];
	yield sh`mv -f ${temporary} ${path}`;
}
