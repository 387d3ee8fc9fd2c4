import { stringify } from 'yaml';
import { isMap } from '../vars/kinds.ts';
import { CelExpression, SecretReference } from '../vars/types.ts';

/** A value as it is written in YAML, on one line. */
export function inYaml(value: unknown): string {
	if (value instanceof CelExpression) {
		return `!cel ${JSON.stringify(value.text)}`;
	}

	if (value instanceof SecretReference) {
		return `!secret ${value.name}`;
	}

	if (Array.isArray(value)) {
		return `[${value.map(inFlow).join(', ')}]`;
	}

	if (isMap(value)) {
		return `{${Object.entries(value)
			.map(([key, item]) => `${inFlow(key)}: ${inFlow(item)}`)
			.join(', ')}}`;
	}

	return typeof value === 'string' && value.includes('\n')
		? JSON.stringify(value)
		: stringify(value ?? null, { lineWidth: 0 }).trimEnd();
}

/** Whether two values of YAML files are written alike, whatever the order of keys. */
export const sameInYaml = (one: unknown, other: unknown): boolean =>
	inYaml(sorted(one)) === inYaml(sorted(other));

const sorted = (value: unknown): unknown =>
	Array.isArray(value)
		? value.map(sorted)
		: isMap(value)
			? Object.fromEntries(
					Object.keys(value)
						.sort()
						.map((key) => [key, sorted(value[key])]),
				)
			: value;

/** A text is quoted where a comma or a bracket would end it. */
const inFlow = (value: unknown): string =>
	typeof value === 'string' ? stringify([value], flow).trim().slice(1, -1) : inYaml(value);

const flow = { collectionStyle: 'flow', flowCollectionPadding: false, lineWidth: 0 } as const;
