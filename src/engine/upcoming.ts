import type { Node, TaskNode } from '../playbook/types.ts';

/** A task among those that are done in a row. */
export type Place = { readonly tasks: readonly TaskNode[]; readonly index: number };

/** The tasks of a play in their order, so that reads can be asked before their turn. */
export class Upcoming {
	readonly #selects: (node: Node) => boolean;
	// Weak: what was included at run time is forgotten when it is done.
	readonly #places = new WeakMap<TaskNode, Place>();

	constructor(nodes: readonly Node[], selects: (node: Node) => boolean) {
		this.#selects = selects;
		this.add(nodes);
	}

	/** What was included at run time, and is done in a row of its own. */
	add(nodes: readonly Node[]): void {
		const tasks = [...tasksIn(nodes)].filter(this.#selects);
		for (const [index, task] of tasks.entries()) {
			this.#places.set(task, { tasks, index });
		}
	}

	/** Undefined for handlers and rescues. */
	placeOf(task: TaskNode): Place | undefined {
		return this.#places.get(task);
	}
}

function* tasksIn(nodes: readonly Node[]): Iterable<TaskNode> {
	for (const node of nodes) {
		if (node.kind === 'block') {
			yield* tasksIn([...node.body, ...node.always]);
		} else if (node.kind === 'task') {
			yield node;
		}
	}
}
