import type { Node, Play, TaskNode } from '../playbook/types.ts';

/** The tasks of a play in their order, so that reads can be asked before their turn. */
export class Upcoming {
	readonly #tasks: readonly TaskNode[];
	readonly #places: ReadonlyMap<TaskNode, number>;

	constructor(play: Play, selects: (node: Node) => boolean) {
		this.#tasks = play.sections.flatMap(({ nodes }) => [...tasksIn(nodes)]).filter(selects);
		this.#places = new Map(this.#tasks.map((task, index) => [task, index]));
	}

	/** Undefined for handlers, rescues and what is included at run time. */
	placeOf(task: TaskNode): number | undefined {
		return this.#places.get(task);
	}

	between(start: number, end: number): readonly TaskNode[] {
		return this.#tasks.slice(start, end);
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
