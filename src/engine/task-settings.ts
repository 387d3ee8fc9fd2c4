import { TaskFailed } from '../errors.ts';
import type { Keywords, Templated } from '../playbook/types.ts';
import type { As } from '../session/types.ts';
import { Secret } from '../shell/secret.ts';
import type { Vars } from '../vars/vars.ts';
import type { ExecuteOptions } from './options.ts';

/** The keywords of a task with their values for one host. */
export type Settings = {
	readonly as: As;
	readonly check: boolean;
	readonly diff: boolean;
	readonly noLog: boolean;
	readonly ignoreErrors: boolean;
	readonly ignoreUnreachable: boolean;
	/** Seconds. */
	readonly timeout: number | undefined;
};

/** @throws TaskFailed when a keyword's value has the wrong type. */
export function settingsOf(keywords: Keywords, vars: Vars, options: ExecuteOptions): Settings {
	const flag = (name: string, value: Templated<boolean> | undefined, otherwise: boolean): boolean =>
		value === undefined ? otherwise : booleanOf(name, vars.render(value));
	return {
		as: { ...userOf(keywords, vars, options), environment: environmentOf(keywords, vars) },
		// `check_mode: true` makes a task check in a real run; `false` is for tasks that only look.
		check: flag('check_mode', keywords.checkMode, options.check),
		diff: flag('diff', keywords.diff, options.diff),
		noLog: flag('no_log', keywords.noLog, false),
		ignoreErrors: flag('ignore_errors', keywords.ignoreErrors, false),
		ignoreUnreachable: flag('ignore_unreachable', keywords.ignoreUnreachable, false),
		timeout: keywords.timeout === undefined ? undefined : numberOf('timeout', vars.render(keywords.timeout)),
	};
}

export function booleanOf(name: string, value: unknown): boolean {
	if (typeof value === 'boolean') {
		return value;
	}

	// A template renders to text; these two are what people mean by it.
	if (value === 'true' || value === 'false') {
		return value === 'true';
	}

	throw new TaskFailed(`${name} must be true or false, not ${JSON.stringify(value)}`);
}

export function numberOf(name: string, value: unknown): number {
	const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
	if (typeof number === 'number' && Number.isFinite(number) && number >= 0) {
		return number;
	}

	throw new TaskFailed(`${name} must be a number, not ${JSON.stringify(value)}`);
}

function userOf(keywords: Keywords, vars: Vars, options: ExecuteOptions): As {
	const become = keywords.become ?? first(vars, ['ansible_become']) ?? options.become ?? false;
	if (!booleanOf('become', vars.render(become))) {
		return {};
	}

	return { user: String(vars.render(keywords.becomeUser ?? first(vars, ['ansible_become_user']) ?? 'root')) };
}

const first = (
	vars: Vars,
	names: readonly string[],
): (Templated<boolean> & (string | boolean)) | undefined => {
	const name = names.find((candidate) => vars.has(candidate));
	const value = name === undefined ? undefined : vars.get(name);
	return typeof value === 'string' || typeof value === 'boolean' ? value : undefined;
};

function environmentOf(
	{ environment }: Keywords,
	vars: Vars,
): Readonly<Record<string, string | Secret>> | undefined {
	if (environment.length === 0) {
		return undefined;
	}

	const merged: Record<string, string | Secret> = {};
	for (const raw of environment) {
		const rendered = vars.render(raw);
		if (typeof rendered !== 'object' || rendered === null || Array.isArray(rendered)) {
			throw new TaskFailed(`environment must be a map of names to texts, not ${JSON.stringify(rendered)}`);
		}

		for (const [name, value] of Object.entries(rendered)) {
			merged[name] = value instanceof Secret ? value : String(value);
		}
	}

	return merged;
}
