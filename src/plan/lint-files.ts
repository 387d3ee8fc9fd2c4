import { existsSync } from 'node:fs';
import type { Diagnostics } from '../diagnostics.ts';
import { isTemplate } from '../playbook/fields.ts';
import { placesOf } from '../playbook/search.ts';
import type { TaskNode } from '../playbook/types.ts';
import { sourceOf } from '../yaml/positions.ts';
import { placeOfSource, sourcesOf } from './template-files.ts';

/** Files of the controller that a task names and that are not there. */
export function lintFiles(task: TaskNode, problems: Diagnostics): void {
	const kind = kindFor(task);
	for (const src of kind === undefined ? [] : sourcesOf(task)) {
		const places = placesOf(src, kind ?? 'files', task);
		if (!places.some((path) => existsSync(path))) {
			missing(src, places, placeOfSource(task), problems);
		}
	}

	const { cmd, file }: Readonly<Record<string, unknown>> = task.args;
	if (task.module === 'script' && typeof cmd === 'string' && !isTemplate(cmd)) {
		const [name = ''] = cmd.trim().split(/\s/);
		const places = placesOf(name, 'files', task);
		// A name in quotes is taken apart by the module itself.
		if (!/["']/.test(name) && !places.some((path) => existsSync(path))) {
			missing(name, places, sourceOf(task.args, 'cmd') ?? task.source, problems);
		}
	}

	if (task.module === 'include_vars' && typeof file === 'string' && !isTemplate(file)) {
		const places = placesOf(file, 'vars', task);
		if (!places.some((path) => existsSync(path))) {
			missing(file, places, sourceOf(task.args, 'file') ?? task.source, problems);
		}
	}
}

function kindFor({ module, args }: TaskNode): 'files' | 'templates' | undefined {
	if (module === 'template') {
		return 'templates';
	}

	const onHost = args.remote_src !== undefined && args.remote_src !== false;
	const byNetwork = typeof args.src === 'string' && /^\w+:\/\//.test(args.src);
	return ['copy', 'unarchive'].includes(module) && !onHost && !byNetwork ? 'files' : undefined;
}

function missing(
	name: string,
	places: readonly string[],
	source: TaskNode['source'],
	problems: Diagnostics,
): void {
	problems.error(`there is no file "${name}"`, {
		source,
		hint: `looked for ${[...new Set(places)].join(', ')}`,
	});
}
