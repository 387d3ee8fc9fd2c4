import { celTag } from '../as-cel.ts';

/** What to write in the file of a template for a value that has to be computed. */
export const computedBefore = (cel: string): string => {
	const name = nameFor('value', cel);
	return `write {{${name}}}, and ${name}: ${celTag(cel)} into the vars of the task`;
};

/** A name that says what is computed, and that nothing else has. */
export function nameFor(what: string, cel: string): string {
	const words = (cel.match(/\w+(?![\w(])/g) ?? []).filter((word) => word !== 'vars');
	return [what, ...new Set(words)].join('_').toLowerCase().slice(0, 40).replace(/_+$/, '');
}
