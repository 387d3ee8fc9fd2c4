import type { Diagnostics } from '../diagnostics.ts';

/** Whether a name that was read as UTF-8 was UTF-8: by another, no file can be opened. */
export const isText = (name: string): boolean => !name.includes('\ufffd');

/** That a file is there whose name cannot be used, so that nothing in it is left out in silence. */
export function tellNoText(folder: string, name: string, problems: Diagnostics): void {
	problems.error(`the name of a file in ${folder} is not UTF-8: ${name.replaceAll('\ufffd', '?')}`, {
		hint: 'rename it (convmv does that for many), or take it out of the folder',
	});
}
