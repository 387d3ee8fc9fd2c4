import type { z } from 'zod';
import { didYouMean, place } from '../diagnostics.ts';
import { TaskFailed } from '../errors.ts';
import type { Module } from '../module/contract.ts';
import type { TaskNode } from '../playbook/types.ts';
import { type Redactor, Secret } from '../shell/secret.ts';
import type { Vars } from '../vars/vars.ts';
import { within } from '../vars/within.ts';

/**
 * The arguments of a task rendered for one host and checked against the module's schema.
 * @throws TaskFailed that names each wrong argument and where the task stands.
 */
export function validated(module: Module, task: TaskNode, vars: Vars, redactor: Redactor): never {
	const rendered = vars.render(task.args, task.source);
	for (const secret of within(rendered, Secret)) {
		tellComputed(redactor, secret);
	}

	const checked = module.args.safeParse(rendered);
	if (checked.success) {
		// The type of the arguments is the module's own affair; the engine only carries them.
		return checked.data as never;
	}

	throw new TaskFailed(checked.error.issues.map((issue) => problem(module, issue, rendered)).join('; '), {
		hint: `${place(task.source)}; \`g2pbook doc ${module.name}\` lists the arguments`,
	});
}

/** What a secret was rendered into is secret too; of long texts only the secret is, their lines are everybody's. */
export function tellComputed(redactor: Redactor, secret: Secret): void {
	const text = secret.reveal().trimEnd();
	if (text.length < 512 && !text.includes('\n')) {
		redactor.add(text);
	}
}

function problem(module: Module, issue: z.core.$ZodIssue, rendered: unknown): string {
	if (issue.code === 'unrecognized_keys') {
		return issue.keys
			.map((key) => {
				const hint = didYouMean(key, Object.keys(module.args.shape));
				return `unknown argument "${key}" for module "${module.name}"${hint === undefined ? '' : `: ${hint}`}`;
			})
			.join('; ');
	}

	const path = issue.path.map(String).join('.');
	const value = issue.path.reduce<unknown>(
		(at, key) =>
			typeof at === 'object' && at !== null ? (at as Record<PropertyKey, unknown>)[key] : undefined,
		rendered,
	);
	if (value instanceof Secret) {
		return `argument "${path}" of "${module.name}" must not be a secret: it would show on the host`;
	}

	return `argument "${path}" of "${module.name}": ${issue.message}`;
}

/** The arguments as reports may show them; the schema's defaults included. */
export const shownArguments = (args: unknown): Readonly<Record<string, unknown>> =>
	typeof args === 'object' && args !== null ? { ...args } : {};
