import type { FileStatus } from '../../module/host-state.ts';

/** Who owns a file and who may do what with it; undefined: leave alone. */
export type Attributes = {
	readonly mode?: string | undefined;
	readonly owner?: string | undefined;
	readonly group?: string | undefined;
};

/** The attributes of a file in the words of the arguments: an owner that is asked for by number is told by number. */
export const attributesOf = (
	status: FileStatus,
	wanted: Attributes,
): { readonly mode: string; readonly owner: string; readonly group: string } => ({
	mode: status.mode,
	owner: isNumber(wanted.owner) ? String(status.uid) : status.owner,
	group: isNumber(wanted.group) ? String(status.gid) : status.group,
});

const isNumber = (text: string | undefined): boolean => text !== undefined && /^\d+$/.test(text);
