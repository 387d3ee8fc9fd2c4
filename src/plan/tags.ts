import type { IncludeNode, TaskNode } from '../playbook/types.ts';
import type { Selection } from './types.ts';

type Tags = readonly string[];

/** Words of `--tags` and `--skip-tags` that are no tags. */
export const specialTags: ReadonlySet<string> = new Set(['all', 'always', 'never', 'tagged', 'untagged']);

/** Whether `--tags` and `--skip-tags` leave something with these tags in, as in Ansible. */
export const selected = (own: Tags, { tags = [], skipTags = [] }: Selection): boolean =>
	wanted(own, tags) && !skipped(own, skipTags);

/**
 * The same for an include: left in unless its own tags rule it out, since tasks inside may have the tags that are
 * asked for. They are asked one by one when they are reached.
 */
export const mayHold = (own: Tags, { tags = [], skipTags = [] }: Selection): boolean =>
	(!own.includes('never') || wanted(own, tags)) && !skipped(own, skipTags);

export const selects = (leaf: TaskNode | IncludeNode, selection: Selection): boolean =>
	leaf.kind === 'task' ? selected(leaf.tags, selection) : mayHold(leaf.tags, selection);

const wanted = (own: Tags, tags: Tags): boolean =>
	own.includes('always') ||
	own.some((tag) => tags.includes(tag)) ||
	(!own.includes('never') &&
		(tags.length === 0 ||
			tags.includes('all') ||
			(tags.includes('tagged') && own.length > 0) ||
			(tags.includes('untagged') && own.length === 0)));

function skipped(own: Tags, skipTags: Tags): boolean {
	if (skipTags.includes('all') && (!own.includes('always') || skipTags.includes('always'))) {
		return true;
	}

	return (
		own.some((tag) => skipTags.includes(tag)) ||
		(skipTags.includes('tagged') && own.length > 0) ||
		(skipTags.includes('untagged') && own.length === 0)
	);
}
