import type { Diagnostics, Source } from '../diagnostics.ts';
import { isMap } from '../vars/kinds.ts';
import { checkExpression } from '../vars/names.ts';
import { isProblem, parseTemplate, type SyntaxProblem } from '../vars/template-parser.ts';
import { CelExpression, VaultedValue } from '../vars/types.ts';
import { rawOf, sourceOf } from '../yaml/positions.ts';
import { celTag, ofTag, ofTemplate } from './as-cel.ts';
import { impossibleValue } from './fact-values.ts';
import { adviceOnJinja, adviceOnTags } from './jinja/advice.ts';
import { jinjaBlock } from './jinja/block.ts';
import { jinjaInTemplate } from './jinja/template.ts';

/** Whether all templates and expressions in a mapping or a list, however deep, can be read. */
export function checkValues(container: object, problems: Diagnostics, otherwise?: Source): void {
	for (const key of Array.isArray(container) ? container.keys() : Object.keys(container)) {
		checkEntry(container, key, problems, otherwise);
	}
}

/** The same for one value of them. */
export function checkEntry(
	container: object,
	key: string | number,
	problems: Diagnostics,
	otherwise?: Source,
): void {
	const value: unknown = Reflect.get(container, key);
	const source = sourceOf(container, key) ?? sourceOf(container) ?? otherwise;
	if (typeof value === 'string' || value instanceof CelExpression) {
		checkText(value, problems, (index, length) => within(container, key, index, length) ?? source);
	} else if (value instanceof VaultedValue) {
		problems.error(value.summary, { source: value.source ?? source, hint: value.hint });
	} else if (Array.isArray(value) || isMap(value)) {
		checkValues(value, problems, source);
	}
}

/** One template or expression. `inYaml`: an expression may stand in its place, which no file of a template holds. */
export function checkText(
	value: string | CelExpression,
	problems: Diagnostics,
	place: (index: number, length?: number) => Source | undefined,
	inYaml = true,
): void {
	if (typeof value !== 'string') {
		report(problemOf(value.text), problems, () => value.source ?? place(0));
		return;
	}

	const foreign = inYaml ? [] : jinjaInTemplate(value);
	if (foreign.length > 0) {
		for (const problem of foreign) {
			report(problem, problems, place);
		}

		return;
	}

	if (value.includes('{{')) {
		const parsed = parseTemplate(value);
		if (isProblem(parsed)) {
			const cel = inYaml ? ofTemplate(value) : undefined;
			const hint = cel === undefined ? (adviceOnTags(value) ?? parsed.hint) : `write ${celTag(cel)}`;
			report({ ...parsed, hint }, problems, place);
		}
	}

	const block = jinjaBlock(value);
	const cel = block && inYaml ? ofTemplate(value) : undefined;
	const hint = block && (cel === undefined ? (adviceOnTags(value) ?? block.hint) : `write ${celTag(cel)}`);
	report(block && { ...block, hint }, problems, place);
}

function problemOf(text: string): SyntaxProblem | undefined {
	const problem = checkExpression(text);
	const cel = problem && ofTag(text);
	return problem && cel !== undefined
		? { ...problem, hint: `write ${celTag(cel)}` }
		: problem
			? { ...problem, hint: adviceOnJinja(text) ?? problem.hint }
			: impossibleValue(text, celTag);
}

export function report(
	problem: SyntaxProblem | undefined,
	problems: Diagnostics,
	place: (index: number) => Source | undefined,
): void {
	if (problem !== undefined) {
		problems.error(problem.message, { source: place(problem.index), hint: problem.hint });
	}
}

/**
 * The place of a part of a text: known when it is written on one line without escapes, else undefined. Lines and
 * columns of folded texts are not those of the file.
 */
export function within(
	container: object,
	key: string | number,
	index: number,
	length?: number,
): Source | undefined {
	const [source, raw] = [sourceOf(container, key), rawOf(container, key)];
	const value: unknown = Reflect.get(container, key);
	const text = value instanceof CelExpression ? value.text : value;
	if (source === undefined || raw === undefined || typeof text !== 'string' || raw.includes('\n')) {
		return source;
	}

	const start = raw.indexOf(text);
	return start === -1
		? source
		: {
				file: source.file,
				line: source.line,
				column: source.column + start + index,
				...(length && { length }),
			};
}
