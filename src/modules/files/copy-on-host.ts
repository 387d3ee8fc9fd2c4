import type { Step } from '../../module/contract.ts';
import type { Attributes } from './attributes-of.ts';
import { changeAttributes } from './change-attributes.ts';
import { makeFile } from './make-file.ts';

type Options = Attributes & { readonly backup: boolean; readonly validate?: string | undefined };

/** The steps that copy a file on the host, whole or not at all; only attributes when the content is right. */
export function* copyOnHost(
	src: string,
	path: string,
	{ mode, owner, group, backup, validate }: Options,
	keys?: ReadonlySet<string>,
): Iterable<Step> {
	if (keys !== undefined && !keys.has('type') && !keys.has('sha256')) {
		yield* changeAttributes(path, { mode, owner, group }, keys);
		return;
	}

	yield makeFile({
		...{ title: `copy ${src}`, path, mode, owner, group, backup },
		body: 'cat <"$1" >"$new"; [ -z "$2" ] || ( eval "$2" ) </dev/null',
		arguments: [src, validate?.replaceAll('%s', '"$new"') ?? ''],
	});
}
