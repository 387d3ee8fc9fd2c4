import type { HostResult, TaskInfo } from '../../engine/events.ts';

type Answered = { readonly task: TaskInfo; readonly results: Map<string, HostResult> };

/** Hosts that are done with a task that is not at its end: told at the end of the run if it never gets there. */
export class OpenTasks {
	readonly #tasks = new Map<string, Answered>();

	answered(task: TaskInfo, result: HostResult): void {
		const known = this.#tasks.get(task.id) ?? { task, results: new Map<string, HostResult>() };
		known.results.set(result.host, result);
		this.#tasks.set(task.id, known);
	}

	/** These have been told. With the free strategy others may be left. */
	told({ id }: TaskInfo, results: readonly HostResult[]): void {
		const known = this.#tasks.get(id);
		for (const { host } of results) {
			known?.results.delete(host);
		}

		if (known?.results.size === 0) {
			this.#tasks.delete(id);
		}
	}

	left(): readonly { readonly task: TaskInfo; readonly results: readonly HostResult[] }[] {
		return [...this.#tasks.values()].map(({ task, results }) => ({ task, results: [...results.values()] }));
	}
}
