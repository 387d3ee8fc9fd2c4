import type { Included, IncludeNode, Node, Play, TaskNode } from '../playbook/types.ts';

/** What includes can be known to bring, without running anything; undefined: it cannot be known. */
export type Previews = ReadonlyMap<IncludeNode, readonly Included[] | undefined>;

type Leaf = TaskNode | IncludeNode;

/** All tasks and includes in a list, in the order of the file; those of includes too where they are known. */
export function* leaves(nodes: readonly Node[], previews: Previews): Generator<Leaf> {
	for (const node of nodes) {
		if (node.kind === 'block') {
			yield* leaves([...node.body, ...node.rescue, ...node.always], previews);
			continue;
		}

		yield node;
		for (const included of node.kind === 'include' ? (previews.get(node) ?? []) : []) {
			yield* leaves(included.nodes, previews);
		}
	}
}

/** All tasks and includes of a play, without handlers. */
export function* leavesOf(play: Play, previews: Previews): Generator<Leaf> {
	for (const section of play.sections) {
		yield* leaves(section.nodes, previews);
	}
}

/** The handlers of a play, those that its includes bring among them. */
export function* handlersOf(play: Play, previews: Previews): Generator<TaskNode> {
	yield* play.handlers;
	for (const leaf of leavesOf(play, previews)) {
		for (const included of leaf.kind === 'include' ? (previews.get(leaf) ?? []) : []) {
			yield* included.handlers;
		}
	}
}

/** Whether a play may do more than can be known. */
export const hasUnknown = (play: Play, previews: Previews): boolean =>
	[...leavesOf(play, previews)].some((leaf) => leaf.kind === 'include' && previews.get(leaf) === undefined);
