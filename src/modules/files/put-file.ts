import type { Content, Step } from '../../module/contract.ts';
import { sh } from '../../shell/command.ts';
import type { Attributes } from './attributes-of.ts';
import { changeAttributes } from './change-attributes.ts';

type Options = Attributes & { readonly backup?: boolean; readonly validate?: string | undefined };

/** The steps that give one file its content and attributes; only those among `keys`, when it exists. */
export function* putFile(
	path: string,
	{ mode, owner, group, backup, validate }: Options,
	content: Content,
	keys?: ReadonlySet<string>,
): Iterable<Step> {
	if (keys?.has('type') === true) {
		// A link is replaced, as Ansible does it, while an upload alone would follow it.
		const beside = `${path}.g2pbook-new`;
		yield { kind: 'upload', path: beside, content, mode, owner, group, validate };
		yield sh`mv -f ${beside} ${path}`;
	} else if (keys === undefined || ['sha256', 'content'].some((key) => keys.has(key))) {
		yield { kind: 'upload', path, content, mode, owner, group, backup, validate };
	} else {
		yield* changeAttributes(path, { mode, owner, group }, keys);
	}
}
