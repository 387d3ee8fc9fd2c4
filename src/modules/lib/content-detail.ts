import type { Change, Detail, State } from '../../module/contract.ts';

/** The diff of a file whose whole text is the key `content` of the state. */
export function contentDetail(
	path: string,
	change: Change<State & { readonly content?: string | undefined }>,
): readonly Detail[] {
	const before = change.action === 'create' ? '' : (change.before.content ?? '');
	const after = change.action === 'delete' ? '' : (change.after.content ?? before);
	return before === after ? [] : [{ name: path, before, after }];
}
