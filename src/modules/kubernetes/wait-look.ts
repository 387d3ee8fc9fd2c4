import type { Output } from '../../module/contract.ts';
import { type Command, option } from '../../shell/command.ts';
import { type Cluster, kubectl } from './cluster-arguments.ts';
import { type Condition, conditionLack, type Written } from './condition.ts';
import type { Selector } from './labels.ts';
import { printing, recordsOf, structureOf } from './records.ts';
import { type Progress, rolloutLack } from './rollout.ts';

export type Awaited = Cluster & {
	readonly kind: readonly string[];
	readonly name?: string | undefined;
	readonly selector?: string | undefined;
	readonly namespace?: string | undefined;
	readonly count: number;
};

/** An object that is waited for, as it is now. */
export type Seen = {
	readonly kind: string;
	readonly namespace: string | undefined;
	readonly name: string;
	/** How it picks its pods, if it does. */
	readonly selector: Selector | undefined;
	/** undefined: it is what it should be. */
	readonly lack: string | undefined;
};

/** Prints all that is waited for. By a list, also for one name: what is not there is no error. */
export const lookCommand = (args: Awaited, condition: Condition): Command =>
	kubectl(
		args,
		'get',
		args.kind.join(','),
		option('--namespace', args.namespace),
		option('--selector', args.selector),
		args.name !== undefined && ['--field-selector', `metadata.name=${args.name}`],
		printing(
			'.kind',
			'.metadata.namespace',
			'.metadata.name',
			'.metadata.generation',
			'.spec.selector',
			'.spec.replicas',
			'.spec.updateStrategy',
			'.status',
			...(condition.kind === 'jsonpath' ? [condition.path] : []),
		),
	);

type Status = Progress['status'] & { readonly conditions?: readonly Written[] };

/** The objects, and what each lacks. */
export const seenIn = ({ stdout }: Output, condition: Condition): readonly Seen[] =>
	recordsOf(stdout).map((record) => {
		const [kind = '', namespace, name = '', generation, selector, replicas, strategy, status] = record;
		const object = {
			kind,
			generation: Number(generation),
			replicas: Number(replicas === '' ? 1 : replicas),
			strategy: structureOf<NonNullable<Progress['strategy']>>(strategy) ?? {},
			status: structureOf<Status>(status) ?? {},
		};
		return {
			kind,
			namespace: namespace === '' ? undefined : namespace,
			name,
			selector: isWorkload(kind) ? structureOf<Selector>(selector) : undefined,
			lack: lackOf(condition, object, record.slice(8).join('\t')),
		};
	});

// Of a Service it is only the labels.
const isWorkload = (kind: string): boolean =>
	/^(?:Deployment|StatefulSet|DaemonSet|ReplicaSet|Job)$/.test(kind);

function lackOf(
	condition: Condition,
	object: Omit<Progress, 'status'> & { readonly status: Status },
	text: string,
): string | undefined {
	switch (condition.kind) {
		case 'rollout':
			return rolloutLack(object);
		case 'create':
			return undefined;
		case 'delete':
			return 'it is still there';
		case 'condition':
			return conditionLack(condition, object.status.conditions ?? [], object.generation);
		case 'jsonpath':
			return (condition.value === undefined ? text !== '' : text === condition.value)
				? undefined
				: `{${condition.path}} is ${text === '' ? 'not there' : JSON.stringify(text)}`;
	}
}

/** What is missing, a line for each object that lacks something; empty: nothing. */
export function missing(args: Awaited, condition: Condition, seen: readonly Seen[]): readonly string[] {
	const lacks = seen.flatMap((object) =>
		object.lack === undefined ? [] : [`${titleOf(object)}: ${object.lack}`],
	);
	const few = condition.kind !== 'delete' && seen.length < args.count;
	const there = seen.length === 0 ? 'nothing is there' : `${seen.length} of ${args.count} are there`;
	return [...(few ? [there] : []), ...lacks];
}

const titleOf = ({ kind, namespace, name }: Seen): string =>
	`${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
