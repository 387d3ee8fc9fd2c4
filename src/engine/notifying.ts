import { didYouMean } from '../diagnostics.ts';
import { TaskFailed } from '../errors.ts';
import type { TaskNode } from '../playbook/types.ts';
import type { As } from '../session/types.ts';
import type { Vars } from '../vars/vars.ts';
import type { Status } from './events.ts';
import { clearing, recorder, recording } from './handlers.ts';
import type { HostRun } from './host.ts';
import type { PlayRun } from './run-context.ts';
import { playTarget } from './target-of-task.ts';

/**
 * Keys of the handlers that a task notifies if it changes something.
 * @throws TaskFailed when `notify` names none; names without templates were checked by the loader.
 */
export function notifying({ handlers }: PlayRun, task: TaskNode, vars: Vars): readonly string[] {
	return task.notify.flatMap((raw) => {
		const name = String(vars.render(raw));
		const found = handlers.named(name, task.role);
		if (found.length === 0) {
			throw new TaskFailed(`no handler is called "${name}"`, {
				hint: didYouMean(
					name,
					handlers.list.map((handler) => handler.name),
				),
			});
		}

		return found.map((handler) => handlers.key(handler));
	});
}

/** Something was, would be, or might be done. */
export const announces = (status: Status): boolean =>
	status === 'changed' || status === 'would-run' || status === 'might';

/** Note on the host that these handlers have to run; gives those that were not noted before. */
export async function record(
	run: PlayRun,
	host: HostRun,
	keys: readonly string[],
	as: As,
): Promise<readonly string[]> {
	const fresh = keys.filter((key) => !host.recorded.has(key));
	if (fresh.length === 0) {
		return fresh;
	}

	const by = recorder(as);
	const outputs = await playTarget(run, host).perform(recording(fresh, by), by);
	const failed = outputs.find(({ code }) => code !== 0);
	if (failed !== undefined) {
		throw new TaskFailed(
			`it could not be noted on the host that its handlers have to run: ${failed.stderr.trim()}`,
			{ hint: 'nothing was changed; a handler that is not noted would be lost if the run broke off' },
		);
	}

	for (const key of fresh) {
		host.recorded.set(key, by);
	}

	return fresh;
}

/** Take the notes away. */
export async function clear(run: PlayRun, host: HostRun, keys: readonly string[]): Promise<void> {
	for (const key of keys) {
		const by = host.recorded.get(key);
		if (by !== undefined) {
			await playTarget(run, host).perform(clearing([key], by), by);
			host.recorded.delete(key);
		}
	}
}

/**
 * After a task: its handlers are due when it changed something, and what it noted in vain is taken away. One that
 * failed half-way keeps its notes, because the next run would find the change made and restart nothing.
 */
export async function settle(
	run: PlayRun,
	host: HostRun,
	keys: readonly string[],
	noted: readonly string[],
	status: Status,
): Promise<void> {
	if (announces(status)) {
		for (const key of keys) {
			host.notify(key, status === 'changed' ? 'sure' : 'might');
		}
	} else if (status === 'ok') {
		await clear(run, host, noted);
	}
}
