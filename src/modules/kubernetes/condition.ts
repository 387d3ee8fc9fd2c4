import { impossible } from '../../module/impossible.ts';

/** What an object must be, as `kubectl wait --for` says it, or rolled out. */
export type Condition =
	| { readonly kind: 'rollout' | 'create' | 'delete' }
	| { readonly kind: 'condition'; readonly type: string; readonly status: string }
	/** `value` undefined: anything at all. */
	| { readonly kind: 'jsonpath'; readonly path: string; readonly value: string | undefined };

/** One of the conditions that an object's controller writes into its status. */
export type Written = {
	readonly type: string;
	readonly status: string;
	readonly reason?: string;
	readonly message?: string;
	readonly observedGeneration?: number;
};

/** @throws Impossible when it is none */
export function conditionFrom(text: string): Condition {
	if (text === 'rollout' || text === 'create' || text === 'delete') {
		return { kind: text };
	}

	const [, type, status = 'True'] = text.match(/^condition=([^=]+)(?:=(.+))?$/) ?? [];
	if (type !== undefined) {
		return { kind: 'condition', type, status };
	}

	const [, path, value] = text.match(/^jsonpath=\{(.+)\}(?:=(.+))?$/s) ?? [];
	return path !== undefined
		? { kind: 'jsonpath', path, value }
		: impossible(
				`nothing can be waited for with \`for: ${text}\``,
				'write rollout, create, delete, condition=NAME, condition=NAME=VALUE, jsonpath={PATH} or jsonpath={PATH}=VALUE',
			);
}

/** What an object lacks of a condition that its controller writes; undefined: nothing. */
export function conditionLack(
	wanted: { readonly type: string; readonly status: string },
	written: readonly Written[],
	generation: number,
): string | undefined {
	const found = written.find(({ type }) => same(type, wanted.type));
	if (found === undefined) {
		return `it has no condition ${wanted.type} yet`;
	}

	if ((found.observedGeneration ?? generation) < generation) {
		return `${found.type} is told of what it was before its last change`;
	}

	return same(found.status, wanted.status) ? undefined : toldBy(found);
}

/** How its controller tells it. */
export const toldBy = ({ type, status, reason, message }: Written): string =>
	`${type} is ${status}${[reason, message].map((part) => (part ? `, ${part}` : '')).join('')}`;

const same = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();
