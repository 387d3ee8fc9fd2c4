import type { Source } from '../diagnostics.ts';
import { kindOf } from './kinds.ts';
import { BadValue } from './problems.ts';

/** The answer of a condition. "false", 0 and an empty list are no answers: they would be guesses. @throws BadValue */
export function asCondition(result: unknown, text: string, source: Source | undefined): boolean {
	if (typeof result === 'boolean') {
		return result;
	}

	throw new BadValue(`the condition "${text}" is a ${kindOf(result)}, not true or false`, {
		source,
		hint: advice(kindOf(result), text),
	});
}

function advice(kind: string, text: string): string {
	switch (kind) {
		case 'number':
			return `compare it: ${text} != 0`;
		case 'text':
			return `compare it: ${text} != '' or ${text} == 'true'`;
		case 'list':
		case 'map':
			return `ask for its size: size(${text}) > 0`;
		default:
			return 'write an expression that is true or false';
	}
}
