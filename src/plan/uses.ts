import type { Source } from '../diagnostics.ts';
import { within } from '../playbook/check-values.ts';
import { jinjaBlock } from '../playbook/jinja/block.ts';
import type { Condition, IncludeNode, TaskNode } from '../playbook/types.ts';
import { writtenOf } from '../playbook/written.ts';
import { namesIn, namesInExpression } from '../vars/names.ts';
import { CelExpression } from '../vars/types.ts';
import { sourceOf } from '../yaml/positions.ts';

/** A name that a task, or a value that it needs, asks for. */
export type Use = {
	readonly name: string;
	/** What follows it: `b`, `c` in `a.b.c`. */
	readonly path: readonly string[];
	/** The template or expression that asks, as it is written. */
	readonly text: string;
	readonly kind: 'condition' | 'expression' | 'template' | 'file';
	/** It is asked whether it exists, or there is a value for when it does not. */
	readonly guarded: boolean;
	readonly source: Source | undefined;
};

/** All names that a task or include asks for, files of templates left out. */
export function* usesOf(leaf: TaskNode | IncludeNode): Generator<Use> {
	yield* inConditions(leaf.when);
	yield* inKeywords(leaf, {
		name: leaf.name,
		become: leaf.become,
		become_user: leaf.becomeUser,
		check_mode: leaf.checkMode,
		connection: leaf.connection,
		delegate_to: leaf.delegateTo,
		diff: leaf.diff,
		ignore_errors: leaf.ignoreErrors,
		no_log: leaf.noLog,
		remote_user: leaf.remoteUser,
		run_once: leaf.runOnce,
		throttle: leaf.throttle,
		timeout: leaf.timeout,
		loop: leaf.loop,
		loop_control: [leaf.loopControl.label, leaf.loopControl.pause],
	});
	for (const value of leaf.environment) {
		yield* inValue(value, leaf.source);
	}

	if (leaf.kind === 'include') {
		yield* inValue(leaf.target, leaf.source);
		return;
	}

	yield* inValue(leaf.args, leaf.source);
	yield* inExpressions(leaf);
	yield* inConditions([...(leaf.changedWhen ?? []), ...(leaf.failedWhen ?? []), ...(leaf.until ?? [])]);
	yield* inKeywords(leaf, { notify: leaf.notify, retries: leaf.retries, delay: leaf.delay });
	yield* inValue(Object.values(leaf.guards), leaf.source);
}

/** A keyword of the node itself has a place; one that it inherited stands for the whole node. */
function* inKeywords(
	leaf: TaskNode | IncludeNode,
	values: Readonly<Record<string, unknown>>,
): Generator<Use> {
	const written = writtenOf(leaf);
	for (const [key, value] of Object.entries(values)) {
		yield* Object.hasOwn(written, key)
			? inValue(written[key], leaf.source, written, key)
			: inValue(value, leaf.source);
	}
}

/** The names in a value of a YAML file, at any depth. */
export function* inValue(
	value: unknown,
	otherwise: Source | undefined,
	container?: object,
	key?: string,
): Generator<Use> {
	for (const used of namesIn(value, container, key)) {
		const { name, path, guarded, expression, text } = used;
		// What is Jinja is said as a whole: its blocks give names of their own.
		if (expression === undefined && jinjaBlock(text) !== undefined) {
			continue;
		}

		// In a template it is the tag that is known: the name comes a little later.
		const index =
			expression === undefined ? Math.max(used.index, text.indexOf(name, used.index)) : used.index;
		const place = expression?.source
			? inText(expression.source, text, index, name)
			: used.container === undefined || used.key === undefined
				? undefined
				: within(used.container, used.key, index, name.length);
		const kind = expression === undefined ? 'template' : 'expression';
		yield { name, path, text, kind, guarded, source: place ?? otherwise };
	}
}

function* inConditions(conditions: readonly Condition[]): Generator<Use> {
	for (const { text, source } of conditions) {
		yield* typeof text === 'string' ? inExpression(text, source) : [];
	}
}

function* inExpression(text: string, source: Source | undefined): Generator<Use> {
	for (const { name, path, guarded, index } of namesInExpression(text)) {
		const place = source && inText(source, text, index, name);
		yield { name, path, text, kind: 'condition', guarded, source: place };
	}
}

/** Arguments that are expressions without saying so. */
function* inExpressions({ module, args, source }: TaskNode): Generator<Use> {
	const key = module === 'assert' ? 'that' : module === 'debug' ? 'var' : undefined;
	const value = key === undefined ? undefined : args[key];
	const container: object = Array.isArray(value) ? value : args;
	const list: readonly unknown[] = Array.isArray(value) ? value : [value];
	for (const [index, text] of list.entries()) {
		if (typeof text === 'string') {
			yield* inExpression(text, sourceOf(container, Array.isArray(value) ? index : (key ?? '')) ?? source);
		} else if (text instanceof CelExpression) {
			yield* inValue(text, source);
		}
	}
}

/** The names whose existence the conditions of a task ask for: below them they may be used. */
export const asked = (conditions: readonly Condition[]): ReadonlySet<string> =>
	new Set(
		conditions.flatMap(({ text }) =>
			typeof text === 'string'
				? namesInExpression(text).flatMap(({ name, guarded }) => (guarded ? [name] : []))
				: [],
		),
	);

/** A part of a text whose place is known, when it is written on one line without escapes. */
function inText(source: Source, text: string, index: number, name: string): Source {
	const quotes = source.length === text.length + 2 ? 1 : source.length === text.length ? 0 : undefined;
	return quotes === undefined
		? source
		: { ...source, column: source.column + quotes + index, length: name.length };
}
